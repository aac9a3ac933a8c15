-- Converts the chapters of an edition in one process: `pandoc lua convert.lua` with a job as JSON on stdin, what was written
-- as a JSON list on stdout. Pandoc takes longer to start than to convert a short chapter. Says on stderr where it is, so that
-- a refusal can name its chapter.

local job = pandoc.json.decode(io.read("a"), false)
local options = { wrap_text = "wrap-none", html_math_method = "mathml" }
if job.template then
  options.template = pandoc.template.compile(job.template)
  options.table_of_contents, options.toc_depth = true, 2
end

local function filtered(doc)
  for _, filter in ipairs(job.filters) do
    doc = pandoc.utils.run_lua_filter(doc, filter, setmetatable({ FORMAT = job.to }, { __index = _G }))
  end
  return doc
end

local written = {}
for number, chapter in ipairs(job.chapters) do
  io.stderr:write("evalbook-chapter: " .. number .. "\n")
  local doc = pandoc.read(chapter.text, job.from, { columns = 72 })
  for name, value in pairs(chapter.metadata) do doc.meta[name] = value end
  doc = filtered(doc)
  local to = job.to
  if chapter.bibliography then
    doc.meta.bibliography = chapter.bibliography
    doc = pandoc.utils.citeproc(doc)
    -- The citations are written out; Typst would look them up again.
    if to == "typst" then to = "typst-citations" end
  end
  -- A Word file is written whole, from all chapters.
  if to == "docx" then to = "json" end
  written[number] = pandoc.write(doc, to, options)
end
io.write(pandoc.json.encode(written))
