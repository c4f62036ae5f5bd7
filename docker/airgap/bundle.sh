#!/bin/sh
# bundle.sh FOLDER [cpu|gpu|edge]: write everything that a farm needs on a machine without internet to
# a folder: images, inventory, compose files, checksums, and load.sh, which checks and loads them.
#
# MODELS=FOLDER adds a folder of models. ENGINE: docker or podman; default: the first that responds.
set -eu
out=${1:?name the folder to write the bundle to}
kind=${2:-cpu}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

die() { echo "airgap-bundle: $*" >&2; exit 1; }

# shellcheck source-path=SCRIPTDIR source=../engine.sh
. "$root/docker/engine.sh"
choose_engine docker podman || die "cannot save images without a container engine"
case $kind in cpu | gpu | edge) ;; *) die "unknown kind of worker $kind; use cpu, gpu or edge" ;; esac
if [ -e "$out" ] && [ -n "$(ls -A "$out")" ]; then
    die "$out is not empty; name a new folder, so that the bundle has no old files"
fi

version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/pyproject.toml")

# The images in compose.yaml, in the current version and with only this kind of worker.
wanted() {
    sed -n 's/^ *image: *//p' "$root/docker/compose.yaml" | sort -u |
        sed "s/\${FARM_VERSION:-[^}]*}/$version/" |
        awk -v worker="whisperfarm-worker:$version-$kind" '!/^whisperfarm-worker:/ || $0 == worker'
}

# Engines print a line per layer, which is of interest only after an error.
quietly() { said=$("$@" 2>&1 </dev/null) || { echo "$said" >&2; return 1; }; }

have() { "$engine" image inspect "$1" >/dev/null 2>&1; }

label() { "$engine" image inspect --format "{{index .Config.Labels \"$2\"}}" "$1" 2>/dev/null; }

# Copy the bill of materials of an image's Python packages, written by its build.
bill() {
    container=$("$engine" create --network none "$1" 2>/dev/null)
    "$engine" cp "$container:/usr/share/whisperfarm/bill-of-materials.cdx.json" "$2" >/dev/null
    quietly "$engine" rm -v "$container"  # -v: also the volume that its image declares
}

count=$(wanted | wc -l)
for image in $(wanted); do
    if have "$image"; then continue; fi
    case $image in
        whisperfarm-*) die "the image $image is missing; build it first: make images KIND=$kind" ;;
        *)
            echo "fetching $image"
            "$engine" pull -q "$image" >/dev/null ||
                die "the image $image is missing and cannot be pulled; check the registry"
            ;;
    esac
done

mkdir -p "$out/images" "$out/bills"
number=0
for image in $(wanted); do
    number=$((number + 1))
    file=images/$(echo "$image" | tr '/:' '__').tar
    echo "saving $number of $count: $image"
    quietly "$engine" save -o "$out/$file" "$image" || die "cannot save $image"
    echo "    $(du -h "$out/$file" | cut -f1)"
    printf '%s\t%s\n' "$file" "$image" >> "$out/images.tsv"
    {
        echo "$image"
        echo "    id        $("$engine" image inspect --format '{{.Id}}' "$image")"
        echo "    archive   $(wc -c < "$out/$file" | tr -d ' ') bytes"
    } >> "$out/inventory.txt"
    case $image in
        whisperfarm-*)
            for name in org.opencontainers.image.revision whisperfarm.torch whisperfarm.whisperx \
                whisperfarm.models; do
                value=$(label "$image" "$name")
                case $value in '' | '<no value>') ;; *) echo "    $name $value" ;; esac
            done >> "$out/inventory.txt"
            bill "$image" "$out/bills/$(basename "$file" .tar).cdx.json"
            ;;
    esac
done

# Select the bundle's worker in the example. The edge worker cannot serve the default preset.
example() {
    sed "s/^COMPOSE_PROFILES=.*/COMPOSE_PROFILES=$kind/" "$root/docker/.env.example" |
        if [ "$kind" = edge ]; then
            sed 's/^# WHISPERFARM_PRESETS=.*/WHISPERFARM_PRESETS=demo-words/'
        else
            cat
        fi
}

cp "$root/docker/compose.yaml" "$root/docker/compose.airgap.yaml" "$root/docker/compose.profile.yaml" "$out/"
example > "$out/.env.example"
cp "$here/load.sh" "$root/docker/engine.sh" "$out/"
cp "$root/docs/how-to/air-gapped.md" "$out/README.md"
if [ -d "$root/docker/observability" ]; then cp -R "$root/docker/observability" "$out/"; fi
if [ -n "${MODELS:-}" ]; then
    [ -f "$MODELS/model_inventory.json" ] ||
        die "$MODELS has no model_inventory.json; run whisperfarm models inventory first"
    echo "copying models from $MODELS"
    cp -R "$MODELS" "$out/models"
fi

echo "computing checksums"
(cd "$out" && find . -type f ! -name "SHA256SUMS*" -exec sha256sum {} + > SHA256SUMS.part)
mv "$out/SHA256SUMS.part" "$out/SHA256SUMS"
echo "the bundle is in $out: $(du -sh "$out" | cut -f1)"
echo "transfer this checksum separately from the bundle:"
(cd "$out" && sha256sum SHA256SUMS)
