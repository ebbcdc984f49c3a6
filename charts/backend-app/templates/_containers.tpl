{{/* Prints the app's log, as a shipper would send it on. */}}
{{- define "backend-app.logShipper" -}}
name: log-shipper
image: busybox:1.35
command: [sh, -c, 'trap "exit 0" TERM; touch /var/log/app/app.log; tail -n +1 -F /var/log/app/app.log & wait']
resources:
  requests: {cpu: 10m, memory: 16Mi}
  limits: {memory: 64Mi}
volumeMounts:
  - {name: log, mountPath: /var/log/app}
{{- end }}

{{/* The app's database, on its own loopback. */}}
{{- define "backend-app.ambassador" -}}
name: ambassador
image: {{ .Values.image }}
command: [node, ambassador.ts]
env:
  - {name: DATABASE_HOST, value: {{ .Values.database.host | quote }}}
  - {name: DATABASE_PORT, value: {{ .Values.database.port | quote }}}
resources:
  requests: {cpu: 20m, memory: 64Mi}
  limits: {memory: 160Mi}
{{- end }}
