"""The RabbitMQ door: a JSON message on a queue becomes a job, and the outcome goes back.

- `queues`: their names, and how they are declared
- `message`, `schema`: what a message says
- `audio`: where the recording of a message is
- `desk`: what becomes of one message
- `door`: taking messages, and acknowledging them
"""
