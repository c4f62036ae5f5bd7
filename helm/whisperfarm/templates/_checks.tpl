{{/* Combinations of values that can not work: said here, before anything is installed. */}}
{{- define "whisperfarm.checks" -}}
{{- $values := .Values -}}
{{- $pools := (include "whisperfarm.pools" . | fromYaml).pools -}}
{{- include "whisperfarm.checkState" . -}}
{{- include "whisperfarm.checkModels" . -}}
{{- $served := splitList "," (include "whisperfarm.presets" .) -}}
{{- $worked := list -}}
{{- $names := list -}}
{{- range $pools -}}
{{- if has .name $names -}}
{{- fail (printf "workers.pools: two pools are called %s; names make the Deployments' names" .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- range .presets -}}
{{- if not (has . $served) -}}
{{- fail (printf "workers.pools: preset %s is not among presets; no caller could ask for it" .) -}}
{{- end -}}
{{- end -}}
{{- $worked = concat $worked .presets -}}
{{- include "whisperfarm.checkScaling" (list $ .) -}}
{{- end -}}
{{- range $served -}}
{{- if not (has . $worked) -}}
{{- fail (printf "presets: no pool works on %s; its jobs would wait for ever" .) -}}
{{- end -}}
{{- end -}}
{{- if and (include "whisperfarm.tellingPools" .) (not $values.serviceAccount.create) (not $values.serviceAccount.name) -}}
{{- fail "serviceAccount.name: scaling.podDeletionCost binds a right to the account, which would be the namespace's default one; name another, or set serviceAccount.create=true" -}}
{{- end -}}
{{- if and $values.dispatcher.ingress.enabled (not $values.dispatcher.ingress.host) -}}
{{- fail "dispatcher.ingress.host: name the host that callers use" -}}
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
{{- fail "blobs: set either blobs.url (s3://bucket/prefix) or blobs.existingClaim: recordings must lie where every pod sees them" -}}
{{- end -}}
{{- else -}}
{{- if ne (int $values.dispatcher.replicas) 1 -}}
{{- fail "dispatcher.replicas: with state.kind=embedded there is one dispatcher, for the ledger is a file of one node" -}}
{{- end -}}
{{- if $values.flower.enabled -}}
{{- fail "flower.enabled: with state.kind=embedded there is no broker that Flower could ask" -}}
{{- end -}}
{{- if $values.inferenceService.enabled -}}
{{- fail "inferenceService.enabled: it needs state.kind=servers, for its pods run on any node" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "whisperfarm.checkModels" -}}
{{- $models := .Values.models -}}
{{- if and (eq $models.kind "emptyDir") (not $models.pull.enabled) -}}
{{- fail "models.pull.enabled: with models.kind=emptyDir the models must be pulled" -}}
{{- end -}}
{{- if and (eq $models.kind "image") $models.pull.enabled -}}
{{- fail "models.pull.enabled: models of an image can not be pulled; set models.kind to claim or emptyDir" -}}
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
{{- fail (printf "%s.minReplicas is above maxReplicas" $where) -}}
{{- end -}}
{{- end -}}
{{- if eq $scaling.kind "hpa" -}}
{{- if lt (int $scaling.minReplicas) 1 -}}
{{- fail (printf "%s.minReplicas: a HorizontalPodAutoscaler keeps at least 1; scaling.kind=keda goes to 0" $where) -}}
{{- end -}}
{{- if not (dig "requests" "cpu" "" $pool.resources) -}}
{{- fail (printf "%s.kind=hpa needs resources.requests.cpu, of which it measures a share" $where) -}}
{{- end -}}
{{- end -}}
{{- if and (eq $scaling.kind "keda") (eq $root.Values.state.kind "embedded") (eq $root.Values.keda.source "postgresql") -}}
{{- fail (printf "%s.kind=keda: with state.kind=embedded there is no PostgreSQL; set keda.source=prometheus" $where) -}}
{{- end -}}
{{- end -}}
