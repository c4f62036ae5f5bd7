"""What tests of every kind may ask for."""

from whisperfarm_worker.process.environment import disable_telemetry

disable_telemetry()  # tests of engines import onnxruntime into this process

pytest_plugins = ["tests.servers.fixtures"]
