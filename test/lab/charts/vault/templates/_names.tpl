{{- define "vault.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "vault.fullname" -}}
{{- $name := include "vault.name" . -}}
{{- $own := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{ .Values.fullnameOverride | default $own | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "vault.namespace" -}}
{{ .Values.global.namespace | default .Release.Namespace }}
{{- end }}

{{- define "vault.serviceAccount" -}}
{{- if .Values.server.serviceAccount.create -}}
{{ .Values.server.serviceAccount.name | default (include "vault.fullname" .) }}
{{- else -}}
{{ .Values.server.serviceAccount.name | default "default" }}
{{- end -}}
{{- end }}

{{- define "vault.selector" -}}
app.kubernetes.io/name: {{ include "vault.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "vault.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{ include "vault.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "vault.metadata" -}}
name: {{ include "vault.fullname" . }}
namespace: {{ include "vault.namespace" . }}
labels:
  {{- include "vault.labels" . | nindent 2 }}
{{- end }}
