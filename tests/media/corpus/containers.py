"""Every container with a codec that is usual in it."""

from tests.media.corpus.case import Case
from tests.media.corpus.making import encoded, filmed
from tests.media.corpus.speech import any_of

AAC, OPUS = ("-c:a", "aac"), ("-c:a", "libopus")
MPEG4 = ("-c:v", "mpeg4")

SOUND = {
    "s16.wav": (),
    "rf64.wav": ("-rf64", "always"),
    "call.w64": (),
    "call.aiff": (),
    "sowt.aiff": ("-c:a", "pcm_s16le"),
    "call.au": (),
    "pcm.caf": (),
    "alac.caf": ("-c:a", "alac"),
    "call.flac": (),
    "flac.oga": ("-c:a", "flac"),
    "vorbis.ogg": ("-c:a", "libvorbis"),
    "call.opus": OPUS,
    "call.spx": ("-c:a", "libspeex", "-ar", 16000),
    "aac.mka": AAC,
    "flac.mka": ("-c:a", "flac"),
    "pcm.mka": ("-c:a", "pcm_s16le"),
    "mp3.mka": ("-c:a", "libmp3lame"),
    "opus.webm": OPUS,
    "vorbis.webm": ("-c:a", "libvorbis"),
    "call.m4a": AAC,
    "front.m4a": (*AAC, "-movflags", "+faststart"),
    "alac.m4a": ("-c:a", "alac"),
    "call.m4b": (*AAC, "-f", "ipod"),
    "fragmented.mp4": (*AAC, "-movflags", "frag_keyframe+empty_moov"),
    "dash.mp4": (*AAC, "-movflags", "dash+frag_keyframe+empty_moov+delay_moov"),
    "opus.mp4": OPUS,
    "flac.mp4": ("-c:a", "flac", "-strict", "-2"),
    "mp3.mp4": ("-c:a", "libmp3lame"),
    "ac3.mp4": ("-c:a", "ac3", "-ar", 48000),
    "pcm.mov": ("-c:a", "pcm_s16le"),
    "ima.mov": ("-c:a", "adpcm_ima_qt"),
    "mulaw.mov": ("-c:a", "pcm_mulaw", "-ar", 8000),
    "call.3gp": AAC,
    "call.3g2": AAC,
    "amr.3gp": ("-c:a", "libopencore_amrnb", "-ar", 8000),
    "call.amr": ("-c:a", "libopencore_amrnb", "-ar", 8000),
    "call.ismv": AAC,
    "mp3.avi": ("-c:a", "libmp3lame"),
    "pcm.avi": ("-c:a", "pcm_s16le"),
    "call.wma": ("-c:a", "wmav2"),
    "v1.wma": ("-c:a", "wmav1"),
    "mp3.flv": ("-c:a", "libmp3lame", "-ar", 22050),
    "aac.flv": (*AAC, "-ar", 44100),
    "nellymoser.flv": ("-c:a", "nellymoser", "-ar", 16000),
    "aac.ts": AAC,
    "latm.ts": (*AAC, "-mpegts_flags", "latm"),
    "mp2.ts": ("-c:a", "mp2", "-ar", 48000),
    "mp3.ts": ("-c:a", "libmp3lame"),
    "ac3.ts": ("-c:a", "ac3", "-ar", 48000),
    "opus.ts": OPUS,
    "bluray.m2ts": ("-c:a", "ac3", "-ar", 48000),
    "mp2.mpg": ("-c:a", "mp2", "-ar", 48000),
    "ac3.vob": ("-c:a", "ac3", "-ar", 48000),
    "call.nut": ("-c:a", "pcm_s16le"),
    "call.voc": ("-c:a", "pcm_u8", "-ar", 11025),
    "call.sox": (),
    "call.tta": (),
    "call.wv": (),
    "call.ac3": ("-ar", 48000),
    "call.eac3": ("-ar", 48000),
    "call.dts": ("-c:a", "dca", "-strict", "-2", "-ar", 48000),
    "call.aac": AAC,
    "loas.aac": (*AAC, "-f", "latm"),
    "call.mp2": ("-ar", 24000),
    "call.mp3": (),
    "call.rm": ("-c:a", "ac3", "-ar", 44100),
    "call.wtv": ("-c:a", "mp2", "-ar", 48000),
}
"""Arguments of ffmpeg for each file."""

FILM = {
    "film.mp4": (*MPEG4, *AAC),
    "film.mov": (*MPEG4, "-c:a", "pcm_s16le"),
    "film.mkv": (*MPEG4, "-c:a", "libvorbis"),
    "film.webm": ("-c:v", "libvpx", *OPUS),
    "film.avi": (*MPEG4, "-c:a", "libmp3lame"),
    "film.wmv": ("-c:v", "wmv2", "-c:a", "wmav2"),
    "film.flv": ("-c:v", "flv", *AAC, "-ar", 44100),
    "film.ts": ("-r", 25, "-c:v", "mpeg2video", "-c:a", "mp2", "-ar", 48000),
    "film.mpg": ("-r", 25, "-c:v", "mpeg2video", "-c:a", "mp2", "-ar", 48000),
    "film.mxf": ("-r", 25, "-c:v", "mpeg2video", "-c:a", "pcm_s16le", "-ar", 48000),
    "film.gxf": ("-r", 25, "-s", "720x576", "-c:v", "mpeg2video", "-ar", 48000),
    "film.3gp": (*MPEG4, "-s", "176x144", *AAC),
}

CASES = (
    *(
        Case(name=f"container-{file}", file=file, make=encoded(*arguments), spoken=any_of(number))
        for number, (file, arguments) in enumerate(SOUND.items())
    ),
    *(
        Case(name=f"container-{file}", file=file, make=filmed(*arguments), spoken=any_of(number))
        for number, (file, arguments) in enumerate(FILM.items())
    ),
)
