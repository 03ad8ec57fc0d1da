{{/* What of the chart is on: a text that is empty for no. A switch of "-" follows global.enabled. */}}
{{- define "vault.isOn" -}}
{{- $switch := index . 0 -}}
{{- if eq (toString $switch) "-" -}}
{{ (index . 1).Values.global.enabled | ternary "yes" "" }}
{{- else -}}
{{ eq (toString $switch) "true" | ternary "yes" "" }}
{{- end -}}
{{- end }}

{{- define "vault.hasServer" -}}
{{- if not .Values.global.externalVaultAddr }}{{ include "vault.isOn" (list .Values.server.enabled .) }}{{ end -}}
{{- end }}

{{/* The accounts are also of use to a Vault that is elsewhere: its reviews of this cluster's tokens need them. */}}
{{- define "vault.hasAccount" -}}
{{- if .Values.global.externalVaultAddr }}yes{{ else }}{{ include "vault.hasServer" . }}{{ end -}}
{{- end }}

{{- define "vault.mode" -}}
{{- if .Values.server.dev.enabled }}dev{{ else if .Values.server.ha.enabled }}ha{{ else }}standalone{{ end -}}
{{- end }}

{{- define "vault.isHa" -}}
{{- if and (include "vault.hasServer" .) (eq (include "vault.mode" .) "ha") }}yes{{ end -}}
{{- end }}

{{- define "vault.replicas" -}}
{{ eq (include "vault.mode" .) "ha" | ternary (int .Values.server.ha.replicas) 1 }}
{{- end }}

{{- define "vault.scheme" -}}
{{ .Values.global.tlsDisable | ternary "http" "https" }}
{{- end }}

{{/* HCL as text, or an object that becomes JSON; memory locking is off where nothing else is said. */}}
{{- define "vault.config" -}}
{{- $server := .Values.server -}}
{{- $ha := $server.ha.raft.enabled | ternary $server.ha.raft.config $server.ha.config -}}
{{- $config := eq (include "vault.mode" .) "ha" | ternary $ha $server.standalone.config -}}
{{- if kindIs "string" $config -}}
{{ tpl $config . }}
{{- if not (contains "disable_mlock" $config) }}
disable_mlock = true
{{- end -}}
{{- else -}}
{{ hasKey $config "disable_mlock" | ternary $config (merge (dict "disable_mlock" true) $config) | toPrettyJson }}
{{- end -}}
{{- end }}
