{{/* Rejects combinations of values that cannot work, before anything is installed. */}}
{{- define "whisperfarm.checks" -}}
{{- $values := .Values -}}
{{- $pools := (include "whisperfarm.pools" . | fromYaml).pools -}}
{{- include "whisperfarm.checkState" . -}}
{{- include "whisperfarm.checkWatch" . -}}
{{- include "whisperfarm.checkEncryption" . -}}
{{- include "whisperfarm.checkBackup" . -}}
{{- include "whisperfarm.checkModels" . -}}
{{- $served := splitList "," (include "whisperfarm.presets" .) -}}
{{- $worked := list -}}
{{- $names := list -}}
{{- range $pools -}}
{{- if has .name $names -}}
{{- fail (printf "workers.pools: two pools are called %s; give each a unique name" .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- range .presets -}}
{{- if not (has . $served) -}}
{{- fail (printf "workers.pools: preset %s is not among presets, so callers cannot use it; add it to presets" .) -}}
{{- end -}}
{{- end -}}
{{- $worked = concat $worked .presets -}}
{{- include "whisperfarm.checkScaling" (list $ .) -}}
{{- end -}}
{{- range $served -}}
{{- if not (has . $worked) -}}
{{- fail (printf "presets: no pool serves %s, so its jobs would wait forever; add it to a pool" .) -}}
{{- end -}}
{{- end -}}
{{- if and (include "whisperfarm.deletionCostPools" .) (not $values.serviceAccount.create) (not $values.serviceAccount.name) -}}
{{- fail "serviceAccount.name: scaling.podDeletionCost would grant a permission to the namespace's default account; name another account, or set serviceAccount.create=true" -}}
{{- end -}}
{{- if and $values.tokenKeys $values.tokenSecret.existingSecret -}}
{{- fail "tokenKeys, tokenSecret: tokens are verified with one of them; set one" -}}
{{- end -}}
{{- if and $values.dispatcher.ingress.enabled (not $values.dispatcher.ingress.host) -}}
{{- fail "dispatcher.ingress.host: it is empty; set it to the host that callers use" -}}
{{- end -}}
{{- end -}}

{{- define "whisperfarm.checkWatch" -}}
{{- $watch := .Values.watch -}}
{{- if and $watch.enabled (or (not $watch.intake.existingClaim) (not $watch.output.existingClaim)) -}}
{{- fail "watch: name the claims of both folders, watch.intake.existingClaim and watch.output.existingClaim" -}}
{{- end -}}
{{- end -}}

{{- define "whisperfarm.checkEncryption" -}}
{{- if and .Values.blobKeys.existingSecret .Values.blobKeys.command -}}
{{- fail "blobKeys: set either blobKeys.existingSecret or blobKeys.command" -}}
{{- end -}}
{{- if and .Values.blobKeys.required (not .Values.blobKeys.existingSecret) (not .Values.blobKeys.command) -}}
{{- fail "blobKeys.required: set blobKeys.existingSecret or blobKeys.command as well" -}}
{{- end -}}
{{- if and .Values.blobs.kmsKeyId (ne .Values.blobs.encryption "aws:kms") -}}
{{- fail "blobs.kmsKeyId: set blobs.encryption to aws:kms as well" -}}
{{- end -}}
{{- end -}}

{{- define "whisperfarm.checkBackup" -}}
{{- if and .Values.backup.enabled (eq (empty .Values.backup.existingClaim) (empty .Values.backup.url)) -}}
{{- fail "backup: set either backup.existingClaim, the claim of the volume for the copy, or backup.url (s3://bucket/prefix)" -}}
{{- end -}}
{{- end -}}

{{- define "whisperfarm.checkState" -}}
{{- $values := .Values -}}
{{- if eq $values.state.kind "servers" -}}
{{- if not $values.database.existingSecret -}}
{{- fail "database.existingSecret: name the Secret with the URL of PostgreSQL, or set state.kind=embedded" -}}
{{- end -}}
{{- if not $values.broker.existingSecret -}}
{{- fail "broker.existingSecret: name the Secret with the URL of RabbitMQ, or set state.kind=embedded" -}}
{{- end -}}
{{- if eq (empty $values.blobs.url) (empty $values.blobs.existingClaim) -}}
{{- fail "blobs: set either blobs.url (s3://bucket/prefix) or blobs.existingClaim, which all pods share" -}}
{{- end -}}
{{- else -}}
{{- if ne (int $values.dispatcher.replicas) 1 -}}
{{- fail "dispatcher.replicas: set it to 1 with state.kind=embedded, because the ledger is a file on one node" -}}
{{- end -}}
{{- if $values.flower.enabled -}}
{{- fail "flower.enabled: set it to false with state.kind=embedded, which has no broker for Flower" -}}
{{- end -}}
{{- if $values.inferenceService.enabled -}}
{{- fail "inferenceService.enabled: set state.kind=servers, because its pods run on any node" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "whisperfarm.checkModels" -}}
{{- $models := .Values.models -}}
{{- if and (eq $models.kind "emptyDir") (not $models.pull.enabled) -}}
{{- fail "models.pull.enabled: set it to true with models.kind=emptyDir" -}}
{{- end -}}
{{- if and (eq $models.kind "image") $models.pull.enabled -}}
{{- fail "models.pull.enabled: models in an image cannot be pulled; set models.kind to claim or emptyDir" -}}
{{- end -}}
{{- end -}}

{{/* (list root pool) */}}
{{- define "whisperfarm.checkScaling" -}}
{{- $root := index . 0 -}}
{{- $pool := index . 1 -}}
{{- $scaling := $pool.scaling -}}
{{- $where := printf "workers.pools %s: scaling" $pool.name -}}
{{- if ne $scaling.kind "none" -}}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) -}}
{{- fail (printf "%s.minReplicas is greater than maxReplicas; lower it" $where) -}}
{{- end -}}
{{- end -}}
{{- if eq $scaling.kind "hpa" -}}
{{- if lt (int $scaling.minReplicas) 1 -}}
{{- fail (printf "%s.minReplicas: a HorizontalPodAutoscaler needs at least 1; use scaling.kind=keda to scale to 0" $where) -}}
{{- end -}}
{{- if not (dig "requests" "cpu" "" $pool.resources) -}}
{{- fail (printf "%s.kind=hpa scales by a share of resources.requests.cpu; set it" $where) -}}
{{- end -}}
{{- end -}}
{{- if and (eq $scaling.kind "keda") (eq $root.Values.state.kind "embedded") (eq $root.Values.keda.source "postgresql") -}}
{{- fail (printf "%s.kind=keda: state.kind=embedded has no PostgreSQL; set keda.source=prometheus" $where) -}}
{{- end -}}
{{- end -}}
