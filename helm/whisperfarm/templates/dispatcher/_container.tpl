{{/* The dispatcher's container, without its name, mounts and preStop hook.

The readiness probe ignores workers: with none, a dispatcher that is not ready would accept no jobs,
and without jobs no worker would be scaled up. */}}
{{- define "whisperfarm.dispatcherContainer" -}}
image: {{ include "whisperfarm.dispatcherImage" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: [dispatcher]
env:
  {{- include "whisperfarm.dispatcherEnvironment" . | trim | nindent 2 }}
ports:
  - name: http
    containerPort: 8000
  - name: metrics
    containerPort: 9464
startupProbe:
  httpGet: {path: /healthz, port: http}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /healthz, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: "/readyz?workers=false", port: http}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
resources:
  {{- toYaml .Values.dispatcher.resources | nindent 2 }}
securityContext:
  {{- include "whisperfarm.restricted" . | nindent 2 }}
{{- end -}}

{{- define "whisperfarm.accessMounts" -}}
{{- if .Values.rolesFile }}
- name: roles
  mountPath: /etc/whisperfarm/roles
  readOnly: true
{{- end }}
{{- include "whisperfarm.redactionMount" . }}
{{- if .Values.certificatesFile }}
- name: certificates
  mountPath: /etc/whisperfarm/certificates
  readOnly: true
{{- end }}
{{- if .Values.tokenKeys }}
- name: token-keys
  mountPath: /etc/whisperfarm/token-keys
  readOnly: true
{{- end }}
{{- if .Values.oidcSecret.existingSecret }}
- name: oidc
  mountPath: /etc/whisperfarm/oidc
  readOnly: true
{{- end }}
{{- end -}}

{{- define "whisperfarm.accessVolumes" -}}
{{- if .Values.rolesFile }}
- name: roles
  configMap:
    name: {{ include "whisperfarm.fullname" . }}-roles
{{- end }}
{{- include "whisperfarm.redactionVolume" . }}
{{- if .Values.certificatesFile }}
- name: certificates
  configMap:
    name: {{ include "whisperfarm.fullname" . }}-certificates
{{- end }}
{{- if .Values.tokenKeys }}
- name: token-keys
  configMap:
    name: {{ include "whisperfarm.fullname" . }}-token-keys
{{- end }}
{{- with .Values.oidcSecret }}
{{- if .existingSecret }}
- name: oidc
  secret:
    secretName: {{ .existingSecret }}
    defaultMode: 0440
    items:
      - {key: {{ .key }}, path: client-secret}
{{- end }}
{{- end }}
{{- end -}}

{{- define "whisperfarm.hubMount" -}}
{{- if .Values.hubKey.existingSecret }}
- name: hub
  mountPath: /etc/whisperfarm/hub
  readOnly: true
{{- end }}
{{- end -}}

{{- define "whisperfarm.hubVolume" -}}
{{- with .Values.hubKey }}
{{- if .existingSecret }}
- name: hub
  secret:
    secretName: {{ .existingSecret }}
    defaultMode: 0440
    items:
      - {key: {{ .key }}, path: key}
{{- end }}
{{- end }}
{{- end -}}

{{- define "whisperfarm.custodyMount" -}}
{{- if .Values.custodyKey.existingSecret }}
- name: custody
  mountPath: /etc/whisperfarm/custody
  readOnly: true
{{- end }}
{{- end -}}

{{/* Its mode: the farm refuses a private key that every user can read. */}}
{{- define "whisperfarm.custodyVolume" -}}
{{- with .Values.custodyKey }}
{{- if .existingSecret }}
- name: custody
  secret:
    secretName: {{ .existingSecret }}
    defaultMode: 0440
    items:
      - {key: {{ .key }}, path: key.pem}
{{- end }}
{{- end }}
{{- end -}}
