"""Submit a recording over RabbitMQ and print the event of the job's end.

pip install pika
AMQP_URL=amqp://user:password@host:5672/%2F python submit.py call.wav
"""

import base64
import hashlib
import json
import os
import sys
from pathlib import Path

import pika

QUEUE = "whisperfarm.jobs"


def main() -> None:
    recording = Path(sys.argv[1])
    audio = recording.read_bytes()
    message = {
        # With the digest as its id, a recording that is submitted twice becomes one job.
        "id": hashlib.sha256(audio).hexdigest(),
        "filename": recording.name,
        "audio": {"base64": base64.b64encode(audio).decode()},
    }
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
    with connection, connection.channel() as channel:
        channel.confirm_delivery()  # raises if the broker does not confirm the message
        answers = channel.queue_declare("", exclusive=True).method.queue
        channel.basic_publish(
            "",
            QUEUE,
            json.dumps(message).encode(),
            pika.BasicProperties(
                content_type="application/json",
                delivery_mode=pika.DeliveryMode.Persistent,
                reply_to=answers,
                correlation_id=recording.name,
            ),
            mandatory=True,
        )
        for _, properties, body in channel.consume(answers, auto_ack=True):
            print(properties.correlation_id, properties.type, body.decode())
            break


if __name__ == "__main__":
    main()
