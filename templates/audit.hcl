
audit "file" "${name}" {
  description = "${description}"
  options {
    file_path = "${file}"
  }
}
