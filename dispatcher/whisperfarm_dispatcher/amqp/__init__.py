"""RabbitMQ: a JSON message becomes a job, and its outcome is published to the sender.

- `topology`: exchanges and queues, and how they are declared
- `message`, `schema`: what a message may say
- `audio_source`: the recording of a message
- `handler`: what is done with one message
- `consumer`: receives messages and acknowledges them
- `publisher`: publishes with confirmation
- `settings_check`, `wiring`: whether the settings allow it, and how it is put together
"""
