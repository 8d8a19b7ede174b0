"""Runs the operations of the contract with boto3.

Reads one JSON request per line from stdin, and writes one JSON outcome per line to stdout.
"""

import datetime
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def create_client(endpoint, region):
    # The contract tests the validation of the service, so botocore must not validate first.
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    return boto3.client(
        "bedrock-runtime",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        config=config,
    )


def list_async_invokes(client, params):
    return client.list_async_invokes(**params)


def get_async_invoke(client, params):
    return client.get_async_invoke(**params)


def start_async_invoke(client, params):
    return client.start_async_invoke(**params)


def paginate(client, params):
    pages = client.get_paginator("list_async_invokes").paginate(**params)
    rows = [row for page in pages for row in page["asyncInvokeSummaries"]]
    return {"asyncInvokeSummaries": rows}


OPERATIONS = {
    "list": list_async_invokes,
    "get": get_async_invoke,
    "start": start_async_invoke,
    "paginate": paginate,
}


def run(client, request):
    try:
        return {"output": OPERATIONS[request["operation"]](client, request["params"])}
    except ClientError as error:
        metadata = error.response["ResponseMetadata"]
        return {
            "error": {
                "name": error.response["Error"]["Code"],
                "message": error.response["Error"]["Message"],
                "status": metadata["HTTPStatusCode"],
                "requestId": metadata.get("RequestId"),
            }
        }


def to_json(value):
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="milliseconds")
    raise TypeError(f"{type(value)} cannot be serialized as JSON")


def main():
    client = create_client(*sys.argv[1:3])
    for line in sys.stdin:
        outcome = run(client, json.loads(line))
        print(json.dumps(outcome, default=to_json), flush=True)


if __name__ == "__main__":
    main()
