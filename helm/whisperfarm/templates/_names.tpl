{{- define "whisperfarm.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Truncated so that a pool's name can be appended. */}}
{{- define "whisperfarm.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 30 | trimSuffix "-" -}}
{{- else if contains (include "whisperfarm.name" .) .Release.Name -}}
{{- .Release.Name | trunc 30 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "whisperfarm.name" .) | trunc 30 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels that never change, for selectors of this release's pods. */}}
{{- define "whisperfarm.instance" -}}
app.kubernetes.io/name: {{ include "whisperfarm.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* (list root component) */}}
{{- define "whisperfarm.selector" -}}
{{ include "whisperfarm.instance" (index . 0) }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* (list root component) */}}
{{- define "whisperfarm.labels" -}}
{{- $root := index . 0 -}}
{{ include "whisperfarm.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "whisperfarm.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "whisperfarm.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* Account of workers with podDeletionCost. No other pod gets its permission. */}}
{{- define "whisperfarm.tellingAccountName" -}}
{{- $name := include "whisperfarm.serviceAccountName" . -}}
{{- ternary (printf "%s-worker" $name) $name .Values.serviceAccount.create -}}
{{- end -}}

{{/* (list root repository tag digest) */}}
{{- define "whisperfarm.imageOf" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- if $root.Values.image.registry -}}
{{- $name = printf "%s/%s" (trimSuffix "/" $root.Values.image.registry) $name -}}
{{- end -}}
{{- if index . 3 -}}
{{- printf "%s@%s" $name (index . 3) -}}
{{- else -}}
{{- printf "%s:%s" $name (index . 2) -}}
{{- end -}}
{{- end -}}

{{- define "whisperfarm.tag" -}}
{{- default .Chart.AppVersion .Values.image.tag -}}
{{- end -}}

{{- define "whisperfarm.dispatcherImage" -}}
{{- $image := .Values.image.dispatcher -}}
{{- include "whisperfarm.imageOf" (list . $image.repository (include "whisperfarm.tag" .) $image.digest) -}}
{{- end -}}

{{/* (list root variant) */}}
{{- define "whisperfarm.workerImage" -}}
{{- $root := index . 0 -}}
{{- $variant := index . 1 -}}
{{- $image := $root.Values.image.worker -}}
{{- $tag := printf "%s-%s" (include "whisperfarm.tag" $root) $variant -}}
{{- include "whisperfarm.imageOf" (list $root $image.repository $tag (get $image.digests $variant)) -}}
{{- end -}}
