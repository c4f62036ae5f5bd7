"""Language tags of audio tracks, such as `de`, `de-AT`, `deu` and `ger`."""

from collections.abc import Mapping
from types import MappingProxyType

from whisperfarm_contract import languages

_ISO_639_2 = """
af afr, am amh, ar ara, as asm, az aze, ba bak, be bel, bg bul, bn ben, bo bod tib, br bre, bs bos,
ca cat, cs ces cze, cy cym wel, da dan, de deu ger, el ell gre, en eng, es spa, et est, eu eus baq,
fa fas per, fi fin, fo fao, fr fra fre, gl glg, gu guj, ha hau, haw haw, he heb, hi hin, hr hrv,
ht hat, hu hun, hy hye arm, id ind, is isl ice, it ita, ja jpn, jw jav jv, ka kat geo, kk kaz,
km khm, kn kan, ko kor, la lat, lb ltz, ln lin, lo lao, lt lit, lv lav, mg mlg, mi mri mao,
mk mkd mac, ml mal, mn mon, mr mar, ms msa may, mt mlt, my mya bur, ne nep, nl nld dut, nn nno,
no nor nob nb, oc oci, pa pan, pl pol, ps pus, pt por, ro ron rum, ru rus, sa san, sd snd, si sin,
sk slk slo, sl slv, sn sna, so som, sq sqi alb, sr srp, su sun, sv swe, sw swa, ta tam, te tel,
tg tgk, th tha, tk tuk, tl tgl fil, tr tur, tt tat, uk ukr, ur urd, uz uzb, vi vie, yi yid, yo yor,
yue yue, zh zho chi cmn
"""

_CODES: Mapping[str, str] = MappingProxyType(
    {
        tag: code
        for code, *tags in (entry.split() for entry in _ISO_639_2.split(","))
        for tag in tags
    }
)


def normalize(tag: str) -> str:
    """Return the code of a language by its tag or English name; unknown tags in lower case."""
    primary = tag.strip().lower().replace("_", "-").partition("-")[0]
    if primary in _CODES:
        return _CODES[primary]
    try:
        return languages.code_of(primary)
    except ValueError:
        return primary
