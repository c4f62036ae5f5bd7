{{/* (list name secret key) */}}
{{- define "whisperfarm.fromSecret" -}}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 }}
      key: {{ index . 2 }}
{{- end -}}

{{/* (list common-settings component-settings): other settings by name. toJson, because Go would print
large numbers as 2e+09. */}}
{{- define "whisperfarm.settings" -}}
{{- $all := merge (dict) (deepCopy (index . 1)) (deepCopy (index . 0)) -}}
{{- range $name, $_ := $all }}
{{- $value := $_ -}}
{{- if hasKey (index $ 1) $name -}}{{- $value = get (index $ 1) $name -}}{{- end }}
- name: {{ $name }}
  value: {{ if kindIs "string" $value }}{{ $value | quote }}{{ else }}{{ toJson $value | quote }}{{ end }}
{{- end }}
{{- end -}}

{{- define "whisperfarm.presetsFiles" -}}
{{- if .Values.presetsFile }}
- name: WHISPERFARM_PRESETS_FILE
  value: /etc/whisperfarm/presets/presets.toml
{{- end }}
{{- if .Values.profile }}
- name: WHISPERFARM_PROFILE
  value: /etc/whisperfarm/presets/profile.yaml
{{- end }}
{{- end -}}

{{/* (list root presets): settings of every pod: where the shared state is. */}}
{{- define "whisperfarm.store" -}}
{{- $root := index . 0 -}}
{{- $values := $root.Values }}
- name: WHISPERFARM_DATA_DIR
  value: /data
- name: WHISPERFARM_PRESETS
  value: {{ index . 1 | quote }}
{{- include "whisperfarm.presetsFiles" $root }}
{{- if eq $values.state.kind "servers" }}
{{ include "whisperfarm.fromSecret" (list "WHISPERFARM_DATABASE_URL" $values.database.existingSecret $values.database.key) }}
{{ include "whisperfarm.fromSecret" (list "WHISPERFARM_BROKER_URL" $values.broker.existingSecret $values.broker.key) }}
{{- if $values.redis.existingSecret }}
{{ include "whisperfarm.fromSecret" (list "WHISPERFARM_REDIS_URL" $values.redis.existingSecret $values.redis.key) }}
{{- end }}
{{- include "whisperfarm.blobs" $root }}
{{- end }}
{{- include "whisperfarm.blobKeys" $root }}
{{- include "whisperfarm.trust" $root }}
{{- end -}}

{{- define "whisperfarm.blobs" -}}
{{- $blobs := .Values.blobs }}
- name: WHISPERFARM_BLOB_URL
  value: {{ ternary "/blobs" $blobs.url (not $blobs.url) | quote }}
{{- include "whisperfarm.s3Server" $blobs }}
{{- if $blobs.publicEndpoint }}
- name: WHISPERFARM_S3_PUBLIC_ENDPOINT_URL
  value: {{ $blobs.publicEndpoint | quote }}
{{- end }}
{{- include "whisperfarm.s3Keys" $blobs }}
{{- end -}}

{{- define "whisperfarm.s3Server" -}}
{{- with .endpoint }}
- name: WHISPERFARM_S3_ENDPOINT_URL
  value: {{ . | quote }}
{{- end }}
{{- with .region }}
- name: WHISPERFARM_S3_REGION
  value: {{ . | quote }}
{{- end }}
{{- with .encryption }}
- name: WHISPERFARM_S3_ENCRYPTION
  value: {{ . | quote }}
{{- end }}
{{- with .kmsKeyId }}
- name: WHISPERFARM_S3_KMS_KEY_ID
  value: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "whisperfarm.s3Keys" -}}
{{- if .existingSecret }}
{{ include "whisperfarm.fromSecret" (list "WHISPERFARM_S3_ACCESS_KEY_ID" .existingSecret .accessKeyIdKey) }}
{{ include "whisperfarm.fromSecret" (list "WHISPERFARM_S3_SECRET_ACCESS_KEY" .existingSecret .secretAccessKeyKey) }}
{{- end }}
{{- end -}}

{{- define "whisperfarm.trust" -}}
{{- if .Values.caBundle.existingConfigMap }}
{{- range list "SSL_CERT_FILE" "AWS_CA_BUNDLE" "REQUESTS_CA_BUNDLE" }}
- name: {{ . }}
  value: /etc/whisperfarm/trust/ca.crt
{{- end }}
{{- end }}
{{- end -}}

{{- define "whisperfarm.metrics" }}
- name: WHISPERFARM_METRICS_HOST
  value: 0.0.0.0
- name: WHISPERFARM_METRICS_PORT
  value: "9464"
{{- end -}}

{{- define "whisperfarm.traces" }}
{{- $traces := .Values.traces }}
{{- if $traces.url }}
- name: WHISPERFARM_TRACES_URL
  value: {{ $traces.url | quote }}
{{- with $traces.attributes }}
{{- $pairs := list -}}
{{- range $name, $value := . -}}
{{- $pairs = append $pairs (printf "%s=%s" $name $value) -}}
{{- end }}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: {{ join "," $pairs | quote }}
{{- end }}
{{- if $traces.headers.existingSecret }}
{{ include "whisperfarm.fromSecret" (list "OTEL_EXPORTER_OTLP_HEADERS" $traces.headers.existingSecret $traces.headers.key) }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "whisperfarm.dispatcherEnvironment" -}}
{{- $values := .Values }}
{{- include "whisperfarm.settings" (list $values.settings $values.dispatcher.settings) }}
{{- include "whisperfarm.store" (list . (include "whisperfarm.presets" .)) }}
- name: WHISPERFARM_HOST
  value: 0.0.0.0
- name: WHISPERFARM_PORT
  value: "8000"
{{- include "whisperfarm.metrics" . }}
{{- include "whisperfarm.traces" . }}
{{ include "whisperfarm.fromSecret" (list "WHISPERFARM_API_KEYS" $values.apiKeys.existingSecret $values.apiKeys.key) }}
{{- if $values.operatorKeys.existingSecret }}
{{ include "whisperfarm.fromSecret" (list "WHISPERFARM_OPERATOR_KEYS" $values.operatorKeys.existingSecret $values.operatorKeys.key) }}
{{- end }}
{{- if $values.rolesFile }}
- name: WHISPERFARM_ROLES_FILE
  value: /etc/whisperfarm/roles/roles.yaml
{{- end }}
{{- include "whisperfarm.redactionEnvironment" . }}
{{- if $values.certificatesFile }}
- name: WHISPERFARM_CERTIFICATES_FILE
  value: /etc/whisperfarm/certificates/certificates.yaml
{{- end }}
{{- if $values.custodyKey.existingSecret }}
- name: WHISPERFARM_CUSTODY_KEY_FILE
  value: /etc/whisperfarm/custody/key.pem
{{- end }}
{{- if $values.hubKey.existingSecret }}
- name: WHISPERFARM_HUB_KEY_FILE
  value: /etc/whisperfarm/hub/key
{{- end }}
{{- if $values.oidcSecret.existingSecret }}
- name: WHISPERFARM_OIDC_CLIENT_SECRET_FILE
  value: /etc/whisperfarm/oidc/client-secret
{{- end }}
{{- if $values.tokenKeys }}
- name: WHISPERFARM_TOKEN_JWKS_FILE
  value: /etc/whisperfarm/token-keys/jwks.json
{{- end }}
{{- if $values.tokenSecret.existingSecret }}
{{ include "whisperfarm.fromSecret" (list "WHISPERFARM_TOKEN_SECRET" $values.tokenSecret.existingSecret $values.tokenSecret.key) }}
{{- end }}
{{- if $values.callbackSecrets.existingSecret }}
{{ include "whisperfarm.fromSecret" (list "WHISPERFARM_CALLBACK_SECRETS" $values.callbackSecrets.existingSecret $values.callbackSecrets.key) }}
{{- end }}
{{- end -}}

{{/* (list root pool) */}}
{{- define "whisperfarm.workerEnvironment" -}}
{{- $root := index . 0 -}}
{{- $pool := index . 1 -}}
{{- include "whisperfarm.settings" (list $root.Values.settings $pool.settings) }}
{{- include "whisperfarm.store" (list $root (join "," $pool.presets)) }}
- name: WHISPERFARM_MODELS_DIR
  value: /models
- name: WHISPERFARM_DRAIN_S
  value: {{ $pool.drainS | quote }}
{{- if $pool.scaling.podDeletionCost }}
- name: WHISPERFARM_POD_DELETION_COST
  value: "true"
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
{{- end }}
{{- include "whisperfarm.redactionEnvironment" $root }}
{{- include "whisperfarm.metrics" $root }}
{{- include "whisperfarm.traces" $root }}
{{- end -}}

{{- define "whisperfarm.redactionEnvironment" -}}
{{- if .Values.redactionFile }}
- name: WHISPERFARM_REDACTION_FILE
  value: /etc/whisperfarm/redaction/redaction.yaml
{{- end }}
{{- end -}}

{{/* (list root pool): settings of `whisperfarm models pull`. */}}
{{- define "whisperfarm.pullEnvironment" -}}
{{- $root := index . 0 -}}
{{- $values := $root.Values -}}
{{- $pool := index . 1 -}}
{{- $pull := $values.models.pull -}}
{{- include "whisperfarm.settings" (list $values.settings $pool.settings) }}
- name: WHISPERFARM_DATA_DIR
  value: /data
- name: WHISPERFARM_MODELS_DIR
  value: /models
- name: WHISPERFARM_MODELS_FROM
  value: {{ $pull.from | quote }}
- name: WHISPERFARM_MODELS_LANGUAGES
  value: {{ join "," $pull.languages | quote }}
- name: WHISPERFARM_PRESETS
  value: {{ join "," $pool.presets | quote }}
{{- include "whisperfarm.presetsFiles" $root }}
{{- if $pull.hubToken.existingSecret }}
{{ include "whisperfarm.fromSecret" (list "HF_TOKEN" $pull.hubToken.existingSecret $pull.hubToken.key) }}
{{- end }}
{{- if hasPrefix "s3://" $pull.from }}
{{- include "whisperfarm.s3Server" $values.blobs }}
{{- include "whisperfarm.s3Keys" (ternary $pull.s3 $values.blobs (ne $pull.s3.existingSecret "")) }}
{{- end }}
{{- include "whisperfarm.trust" $root }}
{{- end -}}
