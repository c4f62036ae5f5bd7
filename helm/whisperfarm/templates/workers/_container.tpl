{{/* (list root pool) */}}
{{- define "whisperfarm.workerContainer" -}}
{{- $root := index . 0 -}}
{{- $pool := index . 1 -}}
image: {{ include "whisperfarm.workerImage" (list $root $pool.variant) }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
args: [worker]
env:
  {{- include "whisperfarm.workerEnvironment" . | trim | nindent 2 }}
ports:
  - name: metrics
    containerPort: 9464
# A worker has started when its models are loaded. One that hangs while loading is restarted.
startupProbe:
  httpGet: {path: /readyz, port: metrics}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: {{ ceil (divf $pool.startupS 5) }}
livenessProbe:
  httpGet: {path: /healthz, port: metrics}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 12
readinessProbe:
  httpGet: {path: /readyz, port: metrics}
  periodSeconds: 5
  timeoutSeconds: 5
resources:
  {{- include "whisperfarm.workerResources" $pool | nindent 2 }}
securityContext:
  {{- include "whisperfarm.restricted" $root | nindent 2 }}
volumeMounts:
  {{- include "whisperfarm.mounts" $root | nindent 2 }}
  {{- include "whisperfarm.blobKeysMount" $root | nindent 2 }}
  {{- include "whisperfarm.redactionMount" $root | nindent 2 }}
  {{- if ne $root.Values.models.kind "image" }}
  - name: models
    mountPath: /models
    readOnly: true
  {{- end }}
  {{- if $pool.scaling.podDeletionCost }}
  - name: account
    mountPath: /var/run/secrets/kubernetes.io/serviceaccount
    readOnly: true
  {{- end }}
{{- end -}}

{{/* The pool's resources and GPUs. Kubernetes takes GPUs from the limits. */}}
{{- define "whisperfarm.workerResources" -}}
{{- $resources := deepCopy .resources -}}
{{- if gt (int .gpus) 0 -}}
{{- $limits := default (dict) $resources.limits -}}
{{- $_ := set $limits .gpuResource (toString (int .gpus)) -}}
{{- $_ := set $resources "limits" $limits -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}

{{/* (list root pool): pulls missing models of the pool's presets. */}}
{{- define "whisperfarm.pullContainer" -}}
{{- $root := index . 0 -}}
image: {{ include "whisperfarm.workerImage" (list $root (index . 1).variant) }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
args: [models, pull]
env:
  {{- include "whisperfarm.pullEnvironment" . | trim | nindent 2 }}
resources:
  {{- toYaml $root.Values.models.pull.resources | nindent 2 }}
securityContext:
  {{- include "whisperfarm.restricted" $root | nindent 2 }}
volumeMounts:
  {{- include "whisperfarm.mounts" $root | nindent 2 }}
  - name: models
    mountPath: /models
{{- end -}}

{{/* The service account's token. Kubernetes would mount it into all containers; here only the worker has it. */}}
{{- define "whisperfarm.accountVolume" -}}
- name: account
  projected:
    sources:
      - serviceAccountToken: {path: token, expirationSeconds: 3600}
      - configMap:
          name: kube-root-ca.crt
          items:
            - {key: ca.crt, path: ca.crt}
      - downwardAPI:
          items:
            - path: namespace
              fieldRef: {fieldPath: metadata.namespace}
{{- end -}}

{{- define "whisperfarm.modelsVolume" -}}
{{- $models := .Values.models -}}
{{- if eq $models.kind "claim" -}}
- name: models
  persistentVolumeClaim:
    claimName: {{ include "whisperfarm.modelsClaim" . }}
{{- else if eq $models.kind "emptyDir" -}}
- name: models
  emptyDir:
    sizeLimit: {{ $models.size }}
{{- end -}}
{{- end -}}
