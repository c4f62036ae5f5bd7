{{/* The pools with defaults filled in: YAML, below `pools`. */}}
{{- define "whisperfarm.pools" -}}
{{- $pools := list -}}
{{- $defaults := .Values.workers.defaults -}}
{{- range .Values.workers.pools -}}
{{- $pool := merge (deepCopy .) (deepCopy $defaults) -}}
{{/* `merge` treats 0 and "" as unset, so values of the pool are set again. */}}
{{- range $key, $said := . -}}
{{- if not (kindIs "map" $said) -}}
{{- $_ := set $pool $key $said -}}
{{- else -}}
{{- range $inner, $value := $said -}}
{{- if not (kindIs "map" $value) -}}
{{- $_ := set (get $pool $key) $inner $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $pools = append $pools $pool -}}
{{- end -}}
{{- toYaml (dict "pools" $pools) -}}
{{- end -}}

{{/* Presets that the farm serves, comma separated. */}}
{{- define "whisperfarm.presets" -}}
{{- $served := .Values.presets -}}
{{- if not $served -}}
{{- $served = list -}}
{{- range (include "whisperfarm.pools" . | fromYaml).pools -}}
{{- $served = concat $served .presets -}}
{{- end -}}
{{- end -}}
{{- uniq $served | join "," -}}
{{- end -}}

{{/* Whether there are files with presets, which pods mount. */}}
{{- define "whisperfarm.hasPresets" -}}
{{- if or .Values.presetsFile .Values.profile -}}true{{- end -}}
{{- end -}}

{{/* (list root pool) */}}
{{- define "whisperfarm.poolName" -}}
{{- printf "%s-worker-%s" (include "whisperfarm.fullname" (index . 0)) (index . 1).name -}}
{{- end -}}

{{/* (list root pool) */}}
{{- define "whisperfarm.poolSelector" -}}
{{ include "whisperfarm.selector" (list (index . 0) "worker") }}
whisperfarm/pool: {{ (index . 1).name | quote }}
{{- end -}}

{{/* (list root pool) */}}
{{- define "whisperfarm.poolLabels" -}}
{{ include "whisperfarm.labels" (list (index . 0) "worker") }}
whisperfarm/pool: {{ (index . 1).name | quote }}
{{- end -}}

{{/* Names of the pools with podDeletionCost, comma separated. */}}
{{- define "whisperfarm.deletionCostPools" -}}
{{- $names := list -}}
{{- range (include "whisperfarm.pools" . | fromYaml).pools -}}
{{- if .scaling.podDeletionCost -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- end -}}
{{- join "," $names -}}
{{- end -}}

{{/* A worker requeues its jobs after drainS, saves their checkpoints within 5 s, and exits. */}}
{{- define "whisperfarm.poolGraceS" -}}
{{- add (ceil .drainS) 20 -}}
{{- end -}}
