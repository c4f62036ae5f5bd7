{{/* The operator's own kinds of data: the file, for the dispatcher and for all workers. */}}
{{- define "whisperfarm.redactionMount" -}}
{{- if .Values.redactionFile }}
- name: redaction
  mountPath: /etc/whisperfarm/redaction
  readOnly: true
{{- end }}
{{- end -}}

{{- define "whisperfarm.redactionVolume" -}}
{{- if .Values.redactionFile }}
- name: redaction
  configMap:
    name: {{ include "whisperfarm.fullname" . }}-redaction
{{- end }}
{{- end -}}
