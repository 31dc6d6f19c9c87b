-- What a user does with a plan in Neovim; what is seen goes, as JSON, into the file $PLANC_SEEN.
local function await(what, ready)
  if not vim.wait(240000, ready, 20) then
    error('waited in vain for ' .. what)
  end
end

local function go(words, skip)
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  local offset = assert(text:find(words, 1, true), words) - 1 + (skip or 0)
  local _, lines = text:sub(1, offset):gsub('\n', '')
  local column = offset - #(text:sub(1, offset):match('^(.*\n)') or '')
  vim.api.nvim_win_set_cursor(0, { lines + 1, column })
end

local function ask(client, method, more)
  local here = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local parameters = vim.tbl_extend('force', here, more or {})
  local answer = assert(client:request_sync(method, parameters, 240000, 0))
  assert(not answer.err, vim.inspect(answer.err))
  return answer.result
end

local function drive()
  local seen = {}
  vim.cmd.edit('plans/a.plan')
  seen.filetype = vim.bo.filetype
  local clients = function() return vim.lsp.get_clients({ bufnr = 0, name = 'planc' }) end
  await('the server', function() return #clients() > 0 and clients()[1].initialized end)
  await('diagnostics', function() return #vim.diagnostic.get(0) > 0 end)
  seen.wrong = vim.diagnostic.get(0)[1].code
  local client = clients()[1]

  go('wait patience', 6)
  seen.hover = ask(client, 'textDocument/hover').contents.value
  local offered = ask(client, 'textDocument/completion').items
  seen.offered = vim.tbl_map(function(each) return each.label end, offered)
  await('hints', function() return #vim.lsp.inlay_hint.get({ bufnr = 0 }) > 0 end)
  seen.hint = vim.lsp.inlay_hint.get({ bufnr = 0 })[1].inlay_hint.label

  go('client  kw', 8)
  vim.cmd.normal({ 'cwkv', bang = true })
  await('no diagnostics', function()
    return #vim.diagnostic.get(0, { severity = vim.diagnostic.severity.ERROR }) == 0
  end)
  vim.lsp.buf.definition()
  await('the definition', function() return vim.api.nvim_buf_get_name(0):find('kv.plan', 1, true) end)
  seen.definition = vim.api.nvim_get_current_line()
  vim.cmd.buffer('a.plan')

  go('let patience', 4)
  vim.lsp.buf.rename('grace')
  await('the new name', function()
    return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n'):find('wait grace', 1, true)
  end)
  vim.lsp.buf.format({ timeout_ms = 240000 })
  seen.text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  return seen
end

-- The tree-sitter grammar, where its parser and its queries were put as the documentation says.
local function look()
  vim.cmd.edit('plans/a.plan')
  vim.treesitter.start()
  vim.treesitter.get_parser(0):parse(true)
  local seen = { captures = {}, folds = {} }
  for _, words in ipairs({ 'cluster store', 'store {', ' 3 of', '"A store"' }) do
    go(words, 1)
    local at = vim.api.nvim_win_get_cursor(0)
    local found = vim.treesitter.get_captures_at_pos(0, at[1] - 1, at[2])
    seen.captures[words] = vim.tbl_map(function(each) return each.capture end, found)
  end
  vim.wo.foldmethod = 'expr'
  vim.wo.foldexpr = 'v:lua.vim.treesitter.foldexpr()'
  await('folds', function() return vim.fn.foldlevel(8) > 0 end)
  for _, name in ipairs({ 'highlights', 'folds', 'indents', 'injections', 'locals' }) do
    assert(vim.treesitter.query.get('plan', name), name)
  end
  return seen
end

local drive = vim.env.PLANC_LOOK and look or drive
local ok, seen = pcall(drive)
vim.fn.writefile({ vim.json.encode(ok and seen or { failed = tostring(seen) }) }, vim.env.PLANC_SEEN)
vim.cmd('qall!')
