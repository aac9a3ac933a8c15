-- Numbers figures and tables and resolves references to them, across pages, in the page's language; drops what the
-- checkpoint's plan does not schedule. Serves Quarto (pre-ast), the portable HTML and the PDF alike, so that all three
-- have the same numbers. On pages, each figure and table gets a line of what a reader can take from it, and the numbers
-- behind a figure fold out. Reads from the metadata, or from the file that `edition-file` names, `numbered` (id to label, page,
-- and what the line leads to), `absent`, `words`, `plan` and `has`.
--
-- Ids get another prefix (fig-x becomes figure-x), so that Quarto does not number them a second time.

local numbered, absent, words, here, problems = {}, {}, {}, {}, {}
local page = ""
local printed = FORMAT == "typst"
local quarto = false
local prefixes = { fig = "figure", tbl = "table" }

local function anchor(id)
  local kind, name = id:match("^(%a+)%-(.+)$")
  return prefixes[kind] .. "-" .. name
end

local function label(id)
  local entry = numbered[id]
  return entry and pandoc.utils.stringify(entry.label)
end

local function captioned(caption, id)
  local text = label(id)
  if not text then return end
  local first = caption.long[1]
  if first then
    first.content:insert(1, pandoc.Space())
    first.content:insert(1, pandoc.Strong(pandoc.Str(text .. ".")))
  end
end

local function lookup(meta, path)
  for part in path:gmatch("[^.]+") do
    if type(meta) ~= "table" then return nil end
    meta = meta[part]
  end
  return meta
end

local function keep_scheduled(meta)
  return function(div)
    local path = div.attributes["when-meta"]
    if not path then return nil end
    local visible = lookup(meta, path) == true
    if div.classes:includes("content-hidden") then visible = not visible end
    return visible and div.content or {}
  end
end

local function word(key) return pandoc.utils.stringify(words[key] or key) end

-- What a reader can take from a figure or table: its files, its own address, and the cell that made it.
local function tools(id)
  local entry = numbered[id]
  if printed or not entry or not entry.files then return nil end
  local items = {}
  -- Attributes as pairs: those of a Lua table come in another order each time.
  local function item(text, target, ...)
    table.insert(items, { pandoc.Plain({ pandoc.Link(text, target, "", pandoc.Attr("", {}, { ... })) }) })
  end
  local about = pandoc.utils.stringify(entry.label)
  for _, file in ipairs(entry.files) do
    local path = pandoc.utils.stringify(file)
    local kind = path:match("%.(%w+)$"):upper()
    item(kind, path, { "download", "" }, { "aria-label", about .. ": " .. word("download") .. " " .. kind })
  end
  item(word("permalink"), "#" .. anchor(id), { "aria-label", about .. ": " .. word("permalink") })
  if entry.cell then
    item(word("cell"), pandoc.utils.stringify(entry.cell), { "aria-label", about .. ": " .. word("cell") })
  end
  return pandoc.Div({ pandoc.BulletList(items) }, pandoc.Attr("", { "tools" }))
end

local function raw(text) return pandoc.RawBlock("html", text) end

-- A table wider than the screen scrolls by itself, by keyboard as well.
local function scrolling(tbl)
  if printed then return nil end
  local name = pandoc.utils.stringify(tbl.caption.long):gsub('[<>&"]', "")
  if name == "" then name = word("table") end
  return { raw('<div class="scroll" tabindex="0" role="group" aria-label="' .. name .. '">'), tbl, raw("</div>") }
end

-- The summary shows figures of other chapters. In print, where all pages are one, only one of the two can be referred to.
local function shown_elsewhere(id)
  local entry = numbered[id]
  return printed and entry and pandoc.utils.stringify(entry.page) ~= page
end

local function figure(fig)
  if not fig.identifier:match("^fig%-") then return nil end
  local line = tools(fig.identifier)
  captioned(fig.caption, fig.identifier)
  fig.identifier = shown_elsewhere(fig.identifier) and "" or anchor(fig.identifier)
  return { fig, line }
end

local function is_table(id) return id:match("^tbl%-") end

local function table_div(div)
  if not is_table(div.identifier) then return nil end
  local id = div.identifier
  div.content = div.content:walk({
    Table = function(tbl)
      captioned(tbl.caption, id)
      return tbl
    end,
  })
  div.content:insert(tools(id))
  div.identifier = shown_elsewhere(id) and "" or anchor(id)
  return div
end

-- Print shows the figure alone; a page folds the numbers behind it.
local function behind(div)
  if not div.classes:includes("behind") then return nil end
  if printed then return {} end
  local summary = word("behind")
  local blocks = pandoc.Blocks({ raw('<details class="behind"><summary>' .. summary .. "</summary>") })
  blocks:extend(div.content)
  blocks:insert(raw("</details>"))
  return blocks
end

local function reference(cite)
  local links = pandoc.Inlines({})
  for i, citation in ipairs(cite.citations) do
    local id = citation.id
    if not id:match("^fig%-") and not id:match("^tbl%-") then return nil end
    local entry = numbered[id]
    if not entry and absent[id] then return pandoc.Emph(absent[id]) end
    if not entry then
      table.insert(problems, "@" .. id .. " refers to a figure or table that the edition does not have")
      return nil
    end
    local home = pandoc.utils.stringify(entry.page)
    local target = "#" .. anchor(id)
    if not printed and not here[id] then target = home .. ".qmd" .. target end
    if i > 1 then links:extend({ pandoc.Str(","), pandoc.Space() }) end
    -- Quarto shows what such a link leads to where the pointer rests on it.
    local class = quarto and here[id] and "reference quarto-xref" or "reference"
    links:insert(pandoc.Link(label(id), target, "", { class = class }))
    if printed and page ~= home then links:insert(pandoc.RawInline("typst", "#on-page(<" .. anchor(id) .. ">)")) end
  end
  return links
end

-- A sentence that ends in an abbreviation has one full stop: "12,5 pct.", not "12,5 pct..".
local function one_stop(inlines)
  for i = 2, #inlines do
    local before, after = inlines[i - 1], inlines[i]
    local number = before.t == "Span" and before.classes:includes("number")
    if number and after.t == "Str" and pandoc.utils.stringify(before):sub(-1) == "." and after.text:sub(1, 1) == "." then
      after.text = after.text:sub(2)
    end
  end
  return inlines
end

local function missing(span)
  if span.classes:includes("missing") then
    table.insert(problems, "'" .. span.attributes.name .. "' does not exist")
  end
end

-- Quarto has the edition's values as metadata. Pandoc reads metadata slowly, and is told a JSON file instead.
local function edition(meta)
  if not meta["edition-file"] then return meta end
  local file = assert(io.open(pandoc.utils.stringify(meta["edition-file"])))
  local text = file:read("a")
  file:close()
  return pandoc.json.decode(text, false)
end

function Pandoc(doc)
  quarto = not doc.meta["edition-file"]
  local told = edition(doc.meta)
  for id, entry in pairs(told.numbered or {}) do numbered[id] = entry end
  for id, mark in pairs(told.absent or {}) do absent[id] = mark end
  words = told.words or {}
  page = pandoc.utils.stringify(doc.meta.page or "")
  doc = doc:walk({ Div = keep_scheduled(told) })
  doc:walk({
    Figure = function(fig) here[fig.identifier] = true end,
    Div = function(div) here[div.identifier] = true end,
    Span = missing,
  })
  doc = doc:walk({ Cite = reference })
  doc = doc:walk({ Inlines = one_stop })
  doc = doc:walk({ Figure = figure, Div = table_div })
  doc = doc:walk({ Div = behind })
  doc = doc:walk({ Table = scrolling })
  if #problems > 0 then
    io.stderr:write("evalbook-missing: " .. table.concat(problems, "; ") .. "\n")
    os.exit(64)
  end
  -- The values have done their work; a page should not carry them.
  doc.meta.numbered, doc.meta.absent, doc.meta.words = nil, nil, nil
  return doc
end
