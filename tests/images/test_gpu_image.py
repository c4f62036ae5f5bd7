"""The GPU image, as far as it can be tested without a GPU."""

from tests.images.container import inspected, ran

_DEMO_S = 300
_LIBRARIES = ["libcublas.so.12", "libcudnn.so.9"]


def test_ctranslate2_finds_the_cuda_libraries_of_torch(gpu_image: str) -> None:
    line = f"import ctypes; print(*(ctypes.CDLL(name)._name for name in {_LIBRARIES}))"
    opened = ran(gpu_image, "-c", line, options=("--entrypoint", "python"))
    assert opened.stdout.split() == _LIBRARIES, opened.stderr


def test_gpu_image_requests_gpus_from_the_container_toolkit(gpu_image: str) -> None:
    environment = inspected(gpu_image)["Config"]["Env"]
    assert "NVIDIA_VISIBLE_DEVICES=all" in environment
    assert "NVIDIA_DRIVER_CAPABILITIES=compute,utility" in environment


def test_gpu_image_fails_without_a_gpu(gpu_image: str) -> None:
    ended = ran(gpu_image)
    assert ended.returncode == 78
    assert "WHISPERFARM_DEVICE: cuda was not found" in ended.stderr
    assert "--gpus all" in ended.stderr


def test_gpu_image_runs_on_the_cpu_when_set(gpu_image: str) -> None:
    ended = ran(gpu_image, "demo", options=("-e", "WHISPERFARM_DEVICE=cpu"), timeout_s=_DEMO_S)
    assert ended.returncode == 0, ended.stderr
    assert "thank you for calling customer support" in ended.stdout
