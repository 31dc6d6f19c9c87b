(define-derived-mode plan-mode prog-mode "Plan"
  (setq-local comment-start "# ")
  (setq-local indent-tabs-mode nil))
(add-to-list 'auto-mode-alist '("\\.plan\\'" . plan-mode))
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(plan-mode . ("planc" "lsp"))))
(add-hook 'plan-mode-hook #'eglot-ensure)
