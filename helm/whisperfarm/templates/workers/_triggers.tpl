{{/* What KEDA measures. Audio counts, and jobs as well: the length of some is known only when a worker
has decoded them. Running jobs are among both, so that nobody who works is scaled away as idle. */}}

{{- define "whisperfarm.prometheusTriggers" -}}
{{- $root := index . 0 -}}
{{- $pool := index . 1 -}}
{{- $where := include "whisperfarm.series" . -}}
{{- $audio := printf "sum(max by (preset, tenant) (whisperfarm_backlog_audio_seconds{%s}))" $where -}}
{{- $jobs := printf "sum(max by (preset, tenant, state) (whisperfarm_jobs{%s}))" $where -}}
{{ include "whisperfarm.prometheusTrigger" (list $root "audio" $audio $pool.scaling.audioSecondsPerReplica) }}
{{ include "whisperfarm.prometheusTrigger" (list $root "jobs" $jobs $pool.scaling.jobsPerReplica) }}
{{- end -}}

{{/* (list root name query threshold) */}}
{{- define "whisperfarm.prometheusTrigger" -}}
{{- $root := index . 0 -}}
{{- $prometheus := $root.Values.keda.prometheus -}}
- type: prometheus
  name: {{ index . 1 }}
  metricType: AverageValue
  metadata:
    serverAddress: {{ $prometheus.address | quote }}
    query: {{ index . 2 | squote }}
    threshold: {{ toJson (index . 3) | quote }}
    activationThreshold: "0"
    # With nothing to do they say 0. Nothing at all means that the ledger or Prometheus is away.
    ignoreNullValues: "false"
    {{- if $prometheus.existingSecret }}
    authModes: bearer
    {{- end }}
  {{- if $prometheus.existingSecret }}
  authenticationRef:
    name: {{ include "whisperfarm.fullname" $root }}-prometheus
  {{- end }}
{{- end -}}

{{/* The labels of the series of a pool. Each dispatcher reports the same figures: hence max by. */}}
{{- define "whisperfarm.series" -}}
{{- $root := index . 0 -}}
{{- $presets := list -}}
{{- range (index . 1).presets -}}
{{- $presets = append $presets (regexQuoteMeta . | replace "\\" "\\\\") -}}
{{- end -}}
{{- $own := printf "namespace=%q,service=%q" $root.Release.Namespace (printf "%s-metrics" (include "whisperfarm.fullname" $root)) -}}
{{- printf "%s,preset=~\"%s\"" (default $own $root.Values.keda.prometheus.selector) (join "|" $presets) -}}
{{- end -}}

{{- define "whisperfarm.postgresqlTriggers" -}}
{{- $root := index . 0 -}}
{{- $pool := index . 1 -}}
{{- /* Audio of unknown length counts as it does in the metric: 8000 bytes a second, at most an hour. */}}
{{- $audio := "COALESCE(audio_s, LEAST(audio_bytes / 8000.0, 3600))" -}}
{{- $live := printf "FROM jobs WHERE state IN ('queued', 'running') AND preset IN ('%s')" (join "', '" $pool.presets) -}}
{{ include "whisperfarm.postgresqlTrigger" (list $root "audio" (printf "SELECT COALESCE(SUM(%s), 0) %s" $audio $live) $pool.scaling.audioSecondsPerReplica) }}
{{ include "whisperfarm.postgresqlTrigger" (list $root "jobs" (printf "SELECT COUNT(*) %s" $live) $pool.scaling.jobsPerReplica) }}
{{- end -}}

{{/* (list root name query target) */}}
{{- define "whisperfarm.postgresqlTrigger" -}}
- type: postgresql
  name: {{ index . 1 }}
  metricType: AverageValue
  metadata:
    query: {{ index . 2 | quote }}
    targetQueryValue: {{ toJson (index . 3) | quote }}
    activationTargetQueryValue: "0"
  authenticationRef:
    name: {{ include "whisperfarm.fullname" (index . 0) }}-postgresql
{{- end -}}

{{/* By HTTP, which counts messages in hand as well: by AMQP busy workers look idle. */}}
{{- define "whisperfarm.rabbitmqTriggers" -}}
{{- $root := index . 0 -}}
{{- range (index . 1).presets }}
- type: rabbitmq
  name: messages-{{ . | lower | replace "/" "-" | replace "." "-" | replace "_" "-" }}
  metricType: AverageValue
  metadata:
    protocol: http
    queueName: {{ printf "whisperfarm.%s" . | quote }}
    mode: QueueLength
    value: {{ toJson $root.Values.keda.rabbitmq.messagesPerReplica | quote }}
    activationValue: "0"
  authenticationRef:
    name: {{ include "whisperfarm.fullname" $root }}-rabbitmq
{{- end }}
{{- end -}}
