{{- define "kes.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "kes.fullname" -}}
{{- $name := include "kes.name" . -}}
{{- $own := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{ .Values.fullnameOverride | default $own | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "kes.account" -}}
{{ .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "kes.fullname" .) "default") }}
{{- end }}

{{- define "kes.selector" -}}
app.kubernetes.io/name: {{ include "kes.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kes.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{ include "kes.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
