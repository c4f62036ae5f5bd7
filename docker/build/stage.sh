#!/bin/sh
# Install the farm's code below /staged, as it will be in the image, with a bill of materials of the
# environment. Fails if the wheel's version differs from the image's label.
set -eu
expected=$1
sh /build/pip.sh wheel --no-deps --wheel-dir /wheels /project
sh /build/pip.sh install --no-deps /wheels/*.whl
found=$(/opt/venv/bin/python -c 'from importlib.metadata import version; print(version("whisperfarm"))')
if [ "$found" != "$expected" ]; then
    echo "the code is version $found and the image's label $expected;" \
        "build with --build-arg VERSION=$found" >&2
    exit 1
fi
sh /build/pip.sh install --no-deps --ignore-installed --root /staged /wheels/*.whl
install -D -m 0755 /project/docker/healthcheck.py /staged/opt/venv/bin/whisperfarm-healthcheck
bill=/staged/usr/share/whisperfarm/bill-of-materials.cdx.json
install -d "$(dirname "$bill")"
/opt/tools/bin/cyclonedx-py environment --output-reproducible --of JSON -o "$bill" /opt/venv/bin/python
echo "$bill lists $(grep -c '"bom-ref"' "$bill") components"
