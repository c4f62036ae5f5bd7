{{/* The keys of the blob store. Dispatcher, workers and backups have them, because they read or write blobs. */}}
{{- define "whisperfarm.blobKeys" -}}
{{- if .Values.blobKeys.existingSecret }}
- name: WHISPERFARM_BLOB_KEYS_FILE
  value: /etc/whisperfarm/blob-keys/keys
{{- end }}
{{- if .Values.blobKeys.command }}
- name: WHISPERFARM_BLOB_KEYS_COMMAND
  value: {{ .Values.blobKeys.command | quote }}
{{- end }}
{{- if .Values.blobKeys.required }}
- name: WHISPERFARM_BLOB_ENCRYPTION_REQUIRED
  value: "true"
{{- end }}
{{- end -}}

{{- define "whisperfarm.blobKeysMount" -}}
{{- if .Values.blobKeys.existingSecret }}
- name: blob-keys
  mountPath: /etc/whisperfarm/blob-keys
  readOnly: true
{{- end }}
{{- end -}}

{{/* Its mode: the farm refuses keys that every user can read. */}}
{{- define "whisperfarm.blobKeysVolume" -}}
{{- with .Values.blobKeys }}
{{- if .existingSecret }}
- name: blob-keys
  secret:
    secretName: {{ .existingSecret }}
    defaultMode: 0440
    items:
      - {key: {{ .key }}, path: keys}
{{- end }}
{{- end }}
{{- end -}}
