((comment) @injection.content
  (#set! injection.language "comment"))

(binary "matches" (text (content) @injection.content)
  (#set! injection.language "regex"))
