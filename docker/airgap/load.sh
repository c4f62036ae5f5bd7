#!/bin/sh
# load.sh [SHA256 of SHA256SUMS]: check this bundle, then load its images. Nothing is loaded if a file
# is missing or has changed since the bundle was made.
#
# ENGINE: docker or podman; default: the first that responds.
set -eu
cd "$(dirname "$0")"

die() { echo "load.sh: $*" >&2; exit 1; }

[ -s SHA256SUMS ] || die "SHA256SUMS is missing, so the bundle is incomplete; transfer it again"
if [ -n "${1:-}" ]; then
    found=$(sha256sum SHA256SUMS | cut -d' ' -f1)
    [ "$found" = "$1" ] || die "SHA256SUMS has the SHA-256 $found, not $1; transfer the bundle again"
fi

# Choose the engine before the checksums of large images, which take minutes.
if [ ! -f engine.sh ] || ! grep -qxF "$(sha256sum ./engine.sh)" SHA256SUMS; then
    die "engine.sh is missing or changed; nothing was loaded. Transfer the bundle again"
fi
# shellcheck source-path=SCRIPTDIR source=../engine.sh
. ./engine.sh
choose_engine docker podman || die "cannot load images without a container engine"

echo "checking $(wc -l < SHA256SUMS) files; large images take a while"
wrong=0
while read -r sum name; do
    if [ ! -f "$name" ]; then
        echo "missing   $name" >&2
        wrong=$((wrong + 1))
    elif [ "$(sha256sum < "$name")" != "$sum  -" ]; then
        echo "changed   $name" >&2
        wrong=$((wrong + 1))
    fi
done < SHA256SUMS
for name in ./images/*; do
    if ! grep -qxE "[0-9a-f]{64}  $name" SHA256SUMS; then
        echo "unlisted  $name" >&2
        wrong=$((wrong + 1))
    fi
done
[ "$wrong" = 0 ] || die "$wrong files are missing, changed or unlisted; nothing was loaded. Transfer them again"
echo "all files are unchanged"

count=$(wc -l < images.tsv)
number=0
tab=$(printf '\t')
while IFS="$tab" read -r file image; do
    number=$((number + 1))
    echo "loading $number of $count: $image"
    # Engines print a line per layer, which is of interest only after an error.
    said=$("$engine" load -i "$file" 2>&1 </dev/null) || die "cannot load $file: $said"
    # Archives made by podman name the farm's images localhost/...; compose.yaml does not.
    if ! "$engine" image inspect "$image" >/dev/null 2>&1; then
        "$engine" tag "localhost/$image" "$image" ||
            die "$file does not contain the image $image"
    fi
done < images.tsv
echo "all images are loaded. Next: cp .env.example .env, fill it in, and run"
case $engine in
    podman) compose=podman-compose ;;
    *) compose="$engine compose" ;;
esac
echo "    $compose -f compose.yaml -f compose.airgap.yaml up -d"
