"""RabbitMQ: a JSON message becomes a job, and its outcome is published to the sender.

- `topology`: exchanges and queues, and how they are declared
- `message`, `message_legs`, `schema`: the members of a message, and their JSON Schema
- `audio_source`: reads the recording that a message names
- `handler`: submits a message, retries it, or makes it a dead letter
- `consumer`: receives messages and acknowledges them
- `publisher`: publishes with confirmation
- `settings_check`, `wiring`: checks the settings and builds the ingress
"""
