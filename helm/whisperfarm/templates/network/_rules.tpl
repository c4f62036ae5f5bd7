{{/* One rule: from these peers (empty: any) to these ports. */}}
{{- define "whisperfarm.from" -}}
- ports:
  {{- range .ports }}
    - {protocol: TCP, port: {{ . }}}
  {{- end }}
  {{- with .from }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "whisperfarm.to" -}}
- ports:
  {{- range .ports }}
    - {protocol: TCP, port: {{ . }}}
  {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* The servers that hold the farm's state. */}}
{{- define "whisperfarm.servers" -}}
{{- $policy := .Values.networkPolicy -}}
{{- if eq .Values.state.kind "servers" -}}
{{ include "whisperfarm.to" $policy.database }}
{{ include "whisperfarm.to" $policy.broker }}
{{- if .Values.redis.existingSecret }}
{{ include "whisperfarm.to" $policy.redis }}
{{- end }}
{{- if .Values.blobs.url }}
{{ include "whisperfarm.to" $policy.blobs }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* The receiver of OpenTelemetry traces, if there is one. */}}
{{- define "whisperfarm.collector" -}}
{{- $traces := .Values.networkPolicy.traces -}}
{{- with .Values.traces.url -}}
{{- $url := urlParse . -}}
{{- $usual := ternary "443" "80" (eq $url.scheme "https") -}}
{{- $port := regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default $usual -}}
{{ include "whisperfarm.to" (dict "to" $traces.to "ports" (default (list $port) $traces.ports)) }}
{{- end -}}
{{- end -}}
