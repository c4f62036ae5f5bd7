{{/* Settings of every pod: no privileges, no token, no variables of Services. A Service called
whisperfarm would set WHISPERFARM_PORT to an address. */}}
{{- define "whisperfarm.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "whisperfarm.restricted" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* (list root selector): spreads pods over nodes where possible. */}}
{{- define "whisperfarm.spread" -}}
{{- $selector := index . 1 -}}
topologySpreadConstraints:
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- $selector | nindent 8 }}
{{- end }}
{{- end -}}

{{/* (list component-values): scheduling of pods. */}}
{{- define "whisperfarm.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "whisperfarm.stateClaim" -}}
{{- default (printf "%s-data" (include "whisperfarm.fullname" .)) .Values.state.existingClaim -}}
{{- end -}}

{{- define "whisperfarm.modelsClaim" -}}
{{- default (printf "%s-models" (include "whisperfarm.fullname" .)) .Values.models.existingClaim -}}
{{- end -}}

{{/* Mounts of the dispatcher and of workers. */}}
{{- define "whisperfarm.mounts" -}}
- name: tmp
  mountPath: /tmp
- name: data
  mountPath: /data
{{- if and (eq .Values.state.kind "servers") (not .Values.blobs.url) }}
- name: blobs
  mountPath: /blobs
{{- end }}
{{- if include "whisperfarm.hasPresets" . }}
- name: presets
  mountPath: /etc/whisperfarm/presets
  readOnly: true
{{- end }}
{{- include "whisperfarm.trustMount" . }}
{{- end -}}

{{/* (list root scratch) */}}
{{- define "whisperfarm.volumes" -}}
{{- $root := index . 0 -}}
{{- $values := $root.Values -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ index . 1 }}
- name: data
{{- if eq $values.state.kind "embedded" }}
  persistentVolumeClaim:
    claimName: {{ include "whisperfarm.stateClaim" $root }}
{{- else }}
  emptyDir:
    sizeLimit: {{ index . 1 }}
{{- if not $values.blobs.url }}
- name: blobs
  persistentVolumeClaim:
    claimName: {{ $values.blobs.existingClaim }}
{{- end }}
{{- end }}
{{- if include "whisperfarm.hasPresets" $root }}
- name: presets
  configMap:
    name: {{ include "whisperfarm.fullname" $root }}-presets
{{- end }}
{{- include "whisperfarm.trustVolume" $root }}
{{- end -}}

{{- define "whisperfarm.trustMount" -}}
{{- if .Values.caBundle.existingConfigMap }}
- name: trust
  mountPath: /etc/whisperfarm/trust
  readOnly: true
{{- end }}
{{- end -}}

{{- define "whisperfarm.trustVolume" -}}
{{- with .Values.caBundle }}
{{- if .existingConfigMap }}
- name: trust
  configMap:
    name: {{ .existingConfigMap }}
    items:
      - key: {{ .key }}
        path: ca.crt
{{- end }}
{{- end }}
{{- end -}}
