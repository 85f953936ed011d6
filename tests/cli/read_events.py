#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

"""Prints the scalars of TensorBoard's event files as JSON lines, with Google's protobuf library. The messages are
declared here, from the published definitions of TensorFlow.

usage: read_events.py FILE...
exit code: 125 if the library is missing
"""

import json
import struct
import sys

try:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
except ImportError as error:
    print(f"no {error.name}: install python3-protobuf", file=sys.stderr)
    sys.exit(125)

# name, number, type, and the type of a message
MESSAGES = {
    "Value": [("tag", 1, "STRING", ""), ("simple_value", 2, "FLOAT", "")],
    "Summary": [("value", 1, "MESSAGE", "Value")],
    "Event": [("wall_time", 1, "DOUBLE", ""), ("step", 2, "INT64", ""), ("file_version", 3, "STRING", ""),
              ("summary", 5, "MESSAGE", "Summary")],
}


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


assert crc32c(b"123456789") == 0xe3069283, "the check value of CRC-32C"


def event_class():
    file = descriptor_pb2.FileDescriptorProto(name="event.proto", package="tensorflow", syntax="proto3")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind, of in fields:
            label = "LABEL_REPEATED" if name == "Summary" else "LABEL_OPTIONAL"
            message.field.add(name=field, number=number, type=f"TYPE_{kind}", label=label,
                              type_name=f".tensorflow.{of}" if of else None)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    descriptor = pool.FindMessageTypeByName("tensorflow.Event")
    get = getattr(message_factory, "GetMessageClass", None)  # since protobuf 4.22
    return get(descriptor) if get else message_factory.MessageFactory(pool).GetPrototype(descriptor)


def check(data, masked):
    rotated = (masked - 0xa282ead8) & 0xffffffff
    assert (rotated >> 17 | rotated << 15) & 0xffffffff == crc32c(data), "wrong checksum"


def records(content):
    while content:
        size, size_crc = struct.unpack_from("<QI", content)
        check(content[:8], size_crc)
        data = content[12:12 + size]
        check(data, *struct.unpack_from("<I", content, 12 + size))
        yield data
        content = content[16 + size:]


def main(paths):
    event_of = event_class().FromString
    for path in paths:
        with open(path, "rb") as file:
            events = [event_of(data) for data in records(file.read())]
        assert events[0].file_version == "brain.Event:2", "not an event file"
        for event in events[1:]:
            values = {value.tag: value.simple_value for value in event.summary.value}
            print(json.dumps({"time": event.wall_time, "step": event.step, **values}))


if __name__ == "__main__":
    main(sys.argv[1:])
