{{/* KEDA's triggers: seconds of audio, and number of jobs, because the length of some is unknown until a
worker has decoded them. Both include running jobs, so that busy workers are not removed as idle. */}}

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
    # An idle farm reports 0. No value means that the ledger or Prometheus is unavailable.
    ignoreNullValues: "false"
    {{- if $prometheus.existingSecret }}
    authModes: bearer
    {{- end }}
  {{- if $prometheus.existingSecret }}
  authenticationRef:
    name: {{ include "whisperfarm.fullname" $root }}-prometheus
  {{- end }}
{{- end -}}

{{/* Label selector of a pool's series. Every dispatcher exports the same values: hence max by. */}}
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
{{- /* Audio of unknown length is estimated as in the metric: 8000 bytes per second, at most an hour. */}}
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

{{/* Over HTTP, which includes unacknowledged messages. Over AMQP, busy workers would look idle. */}}
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
