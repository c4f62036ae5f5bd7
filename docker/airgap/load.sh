#!/bin/sh
# load.sh [SHA256 of SHA256SUMS]: check this bundle, then load its images. Nothing is loaded unless
# every file is there and is what it was when the bundle was made.
#
# ENGINE: docker or podman, else the first that answers.
set -eu
cd "$(dirname "$0")"

die() { echo "load.sh: $*" >&2; exit 1; }

[ -s SHA256SUMS ] || die "SHA256SUMS is missing: the bundle is not whole; carry it over again"
if [ -n "${1:-}" ]; then
    found=$(sha256sum SHA256SUMS | cut -d' ' -f1)
    [ "$found" = "$1" ] || die "SHA256SUMS is not the one that was made: it has $found, not $1"
fi

# Which engine is asked first, and not after the minutes that large images take.
if [ ! -f engine.sh ] || ! grep -qxF "$(sha256sum ./engine.sh)" SHA256SUMS; then
    die "engine.sh is missing or changed; nothing was loaded. Carry the bundle over again"
fi
# shellcheck source-path=SCRIPTDIR source=../engine.sh
. ./engine.sh
choose_engine docker podman || die "images can not be loaded without an engine"

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
[ "$wrong" = 0 ] || die "$wrong files are not as they were made; nothing was loaded. Carry them over again"
echo "all files are as they were made"

count=$(wc -l < images.tsv)
number=0
tab=$(printf '\t')
while IFS="$tab" read -r file image; do
    number=$((number + 1))
    echo "loading $number of $count: $image"
    # An engine says a line for every layer; that is read only when something went wrong.
    said=$("$engine" load -i "$file" 2>&1 </dev/null) || die "$file could not be loaded: $said"
    # An archive that podman made calls our images localhost/...; compose.yaml does not.
    if ! "$engine" image inspect "$image" >/dev/null 2>&1; then
        "$engine" tag "localhost/$image" "$image" ||
            die "$image is not there after $file was loaded"
    fi
done < images.tsv
echo "all images are there. Next: cp .env.example .env, fill it in, and"
case $engine in
    podman) compose=podman-compose ;;
    *) compose="$engine compose" ;;
esac
echo "    $compose -f compose.yaml -f compose.airgap.yaml up -d"
