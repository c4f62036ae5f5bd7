"""Values with which the tests install the chart."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.support import tokens
from tests.support.chart import CHART, merged

SERVERS: dict[str, Any] = {"blobs": {"url": "s3://recordings/farm"}}
"""The minimal values of an installation with servers."""

EVERYTHING: dict[str, Any] = {
    "nameOverride": "scribe",
    "image": {
        "registry": "registry.example.org/speech/",
        "pullSecrets": ["registry"],
        "worker": {"digests": {"gpu": f"sha256:{'a' * 64}"}},
    },
    "profile": "engines: {primary: whisper_large_v3_turbo}\n",
    "presetsFile": '[mine]\nasr = "large-v3"\n',
    "rolesFile": 'roles: {exporter: ["read:jobs"]}\n',
    "redactionFile": "patterns: {staff: 'EMP[0-9]{6}'}\n",
    "certificatesFile": 'certificates: {"DNS:a.example": {tenant: north, role: exporter}}\n',
    "blobs": {
        "url": "s3://recordings/farm",
        "endpoint": "https://s3.example.org",
        "publicEndpoint": "https://s3.example.com",
        "region": "eu-1",
        "existingSecret": "s3",
        "encryption": "aws:kms",
        "kmsKeyId": "alias/calls",
    },
    "blobKeys": {"existingSecret": "keys", "required": True},
    "redis": {"existingSecret": "redis"},
    "operatorKeys": {"existingSecret": "operators"},
    "callbackSecrets": {"existingSecret": "callbacks"},
    "custodyKey": {"existingSecret": "custody"},
    "tokenSecret": {"existingSecret": "issuer"},
    "oidcSecret": {"existingSecret": "provider"},
    "caBundle": {"existingConfigMap": "authority"},
    "settings": {"WHISPERFARM_LEASE_S": 45, "WHISPERFARM_MAX_UPLOAD_BYTES": 4294967296},
    "dispatcher": {
        "settings": {
            **{"WHISPERFARM_AMQP_INGRESS": True, "WHISPERFARM_LEASE_S": 60},
            **{"WHISPERFARM_TOKEN_ISSUER": "login", "WHISPERFARM_TOKEN_AUDIENCE": "farm"},
            "WHISPERFARM_OIDC_ISSUER": "https://login.example.org",
            "WHISPERFARM_OIDC_CLIENT_ID": "farm",
            "WHISPERFARM_OIDC_REDIRECT_URL": "https://speech.example.org/page/session/callback",
            "WHISPERFARM_CERTIFICATE_PROXIES": "10.1.0.0/16",
        },
        "ingress": {
            "enabled": True, "host": "speech.example.org", "className": "nginx", "tlsSecret": "tls",
        },
        "folders": {
            "intake": {"existingClaim": "intake"}, "output": {"existingClaim": "output"},
        },
        "nodeSelector": {"disk": "ssd"},
        "priorityClassName": "high",
        "podAnnotations": {"note": "yes"},
    },
    "workers": {
        "pools": [
            {
                "name": "large",
                "presets": ["mine", "tiny.en"],
                "variant": "gpu",
                "gpus": 2,
                "drainS": 90.5,
                "resources": {"limits": {"memory": "64Gi"}},
                "tolerations": [{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}],
                "runtimeClassName": "nvidia",
                "scaling": {
                    "kind": "keda", "audioSecondsPerReplica": 1800, "podDeletionCost": True,
                },
            },
            {
                "name": "small",
                "presets": ["fast"],
                "scaling": {"kind": "hpa", "minReplicas": 2},
            },
            {"name": "still", "presets": ["demo"], "replicas": 0, "maxUnavailable": "50%"},
        ],
    },
    "models": {
        "kind": "claim",
        "pull": {
            "enabled": True,
            "from": "s3://models/all",
            "s3": {"existingSecret": "s3-models"},
            "hubToken": {"existingSecret": "hub"},
        },
    },
    "keda": {"rabbitmq": {"enabled": True}},
    "admissionPolicy": {"enabled": True},
    "traces": {
        "url": "http://collector.monitoring:4318/v1/traces",
        "attributes": {"deployment.environment": "test", "service.namespace": "speech"},
        "headers": {"existingSecret": "collector"},
    },
    "flower": {"enabled": True},
    "watch": {
        "enabled": True,
        "args": ["--layout", "siprec"],
        "intake": {"existingClaim": "calls"},
        "output": {"existingClaim": "calls", "subPath": "transcripts"},
        "siprec": {
            "url": "http://siprec.example:8080",
            "folder": "/var/lib/siprec/recordings",
            "existingSecret": "siprec",
        },
    },
    "backup": {
        "enabled": True, "timeZone": "Etc/UTC", "existingClaim": "copies", "subPath": "farm",
    },
    "inferenceService": {"enabled": True},
    "monitoring": {
        "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
        "prometheusRule": {"enabled": True},
    },
}  # fmt: skip
"""Values with all parts of the chart."""


def _of_file(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


FILES: Mapping[str, dict[str, Any]] = {
    path.stem: _of_file(path) for path in sorted(CHART.glob("values-*.yaml"))
}
"""The values files that come with the chart."""

CASES: Mapping[str, dict[str, Any]] = {
    **FILES,
    "servers": SERVERS,
    "everything": EVERYTHING,
    "by-the-ledger": merged(EVERYTHING, {"keda": {"source": "postgresql"}}),
    "with-a-token": merged(EVERYTHING, {"keda": {"prometheus": {"existingSecret": "prometheus"}}}),
    "shared-folder": {
        "blobs": {"existingClaim": "recordings"},
        "tokenKeys": tokens.jwks().decode(),
        "settings": {"WHISPERFARM_TOKEN_ISSUER": "login", "WHISPERFARM_TOKEN_AUDIENCE": "farm"},
    },
    "pulled-into-pods": {
        **SERVERS,
        "models": {"kind": "emptyDir", "pull": {"enabled": True}},
        "serviceAccount": {"create": False},
    },
    "without-extras": {
        **SERVERS,
        "networkPolicy": {"enabled": False},
        "migration": {"enabled": False},
        "test": {"enabled": False},
    },
}
"""All values that are rendered and validated."""
