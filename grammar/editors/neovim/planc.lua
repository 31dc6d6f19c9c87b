vim.filetype.add({ extension = { plan = 'plan' } })
vim.lsp.config('planc', {
  cmd = { 'planc', 'lsp' },
  filetypes = { 'plan' },
  root_markers = { 'planc.yaml', 'pyproject.toml', '.git' },
})
vim.lsp.enable('planc')
vim.lsp.inlay_hint.enable(true)
vim.api.nvim_create_autocmd('FileType', {
  pattern = 'plan',
  callback = function()
    vim.bo.commentstring = '# %s'
    vim.bo.shiftwidth = 2
    vim.bo.expandtab = true
  end,
})
