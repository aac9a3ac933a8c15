-- Numbers figures, tables and equations and resolves references to them and to sections, across pages, in the page's language;
-- drops what the checkpoint's plan does not schedule and what is meant for other formats. Serves Quarto (pre-ast), the portable
-- HTML, the PDF and Word alike, so that all have the same numbers. Completes the notebooks' figures and tables: a figure gets
-- its alternative text, a table its source, and where the checkpoint has none, a notice stands instead. On pages, each gets a
-- line of downloads, and the numbers behind a figure fold out. Reads from the JSON file that `edition-file` names `numbered`
-- (id to label, page, and what the line leads to), `exhibits` (id to `alt`, `source`, `behind`, `narrow`, or a `notice`),
-- `absent`, `works`, `words`, `plan`, `has`, and for plain Quarto `values`.
--
-- Ids get another prefix (fig-x becomes figure-x), so that Quarto does not number them a second time. Where Quarto makes
-- another format than HTML, one chapter is one document: Quarto numbers and refers as it always does, and a reference to
-- another chapter is text.

local numbered, exhibits, absent, works, words, here, problems = {}, {}, {}, nil, {}, {}, {}
local page, up = "", ""
local in_quarto = quarto ~= nil and quarto.doc ~= nil
local web = FORMAT:match("^html") ~= nil or FORMAT == "plain"
local printed = FORMAT == "typst" and not in_quarto
-- All chapters in one document.
local bound = (FORMAT == "typst" or FORMAT == "docx") and not in_quarto
local left_to_quarto = in_quarto and not web
local CARRIED = { html = "html", html5 = "html", plain = "html", typst = "pdf typst", docx = "docx" }

local prefixes = { fig = "figure", tbl = "table", eq = "equation", sec = "sec" }
local names = { fig = "figure", tbl = "table", eq = "equation", sec = "section" }

local function kind_of(id)
  local kind = id:match("^(%a+)%-.")
  return prefixes[kind] and kind
end

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
  local first = caption.long[1]
  if not text or not first then return end
  first.content:insert(1, pandoc.Space())
  first.content:insert(1, pandoc.Strong(pandoc.Str(text .. ".")))
end

local function lookup(meta, path)
  for part in path:gmatch("[^.]+") do
    if type(meta) ~= "table" then return nil end
    meta = meta[part]
  end
  return meta
end

-- Whether all conditions of a block hold; nil where it has none. Quarto knows the formats of its own.
local function holds(attributes, meta)
  local all
  local function also(condition) all = all ~= false and condition end
  if attributes["when-meta"] then also(lookup(meta, attributes["when-meta"]) == true) end
  if attributes["unless-meta"] then also(lookup(meta, attributes["unless-meta"]) ~= true) end
  if in_quarto then return all end
  local format = " " .. (CARRIED[FORMAT] or FORMAT) .. " "
  local function is(name) return format:find(" " .. name:match("^[%w-]*") .. " ", 1, true) ~= nil end
  if attributes["when-format"] then also(is(attributes["when-format"])) end
  if attributes["unless-format"] then also(not is(attributes["unless-format"])) end
  return all
end

local function keep_visible(meta)
  return function(element)
    if element.classes:includes("hidden") then return {} end
    local condition = holds(element.attributes, meta)
    local hides = element.classes:includes("content-hidden")
    if condition == nil then
      if in_quarto or not (hides or element.classes:includes("content-visible")) then return nil end
      condition = true
    end
    if condition == hides then return {} end
    local more = in_quarto and (element.attributes["when-format"] or element.attributes["unless-format"])
    if not more then return element.content end
    element.attributes["when-meta"], element.attributes["unless-meta"] = nil, nil
    return element
  end
end

local function word(key) return pandoc.utils.stringify(words[key] or key) end

-- What a reader can take from a figure or table: its files, its own address, and the cell that made it.
local function tools(id)
  local entry = numbered[id]
  if not web or not entry or not entry.files then return nil end
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

-- An interval stays on one line.
local function unbroken(plain)
  local text = pandoc.utils.stringify(plain)
  local begins = text:find("^%d") or text:find("^−%d")
  if begins and (text:find(" ") or text:find("–")) and pandoc.text.len(text) <= 14 then
    return pandoc.Plain({ pandoc.Span(plain.content, pandoc.Attr("", { "number" })) })
  end
end

-- A table wider than the screen scrolls by itself, by keyboard as well.
local function scrolling(tbl)
  if not web then return nil end
  local name = pandoc.utils.stringify(tbl.caption.long):gsub('[<>&"]', "")
  if name == "" then name = word("table") end
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      for _, cell in ipairs(row.cells) do cell.contents = cell.contents:walk({ Plain = unbroken }) end
    end
  end
  return { raw('<div class="scroll" tabindex="0" role="group" aria-label="' .. name .. '">'), tbl, raw("</div>") }
end

-- The summary shows figures of other chapters. In print, where all pages are one, only one of the two can be referred to.
local function shown_elsewhere(id)
  local entry = numbered[id]
  return not web and entry and pandoc.utils.stringify(entry.page) ~= page
end

local function new_identifier(id) return shown_elsewhere(id) and "" or anchor(id) end

-- What stands in place of a figure or table that the checkpoint does not have.
local function notice(id)
  local attributes = { { "title", label(id) or word("notice") } }
  return pandoc.Div(pandoc.read(exhibits[id].notice, "markdown").blocks, pandoc.Attr(id, { "callout-note", "not-yet" }, attributes))
end

-- The numbers behind a figure: print shows the figure alone, a page folds them.
local function behind(id)
  local said = web and exhibits[id] and exhibits[id].behind
  if not said then return pandoc.Blocks({}) end
  local blocks = pandoc.Blocks({ raw('<details class="behind"><summary>' .. word("behind") .. "</summary>") })
  blocks:extend(pandoc.read(said, "markdown").blocks)
  blocks:insert(raw("</details>"))
  return blocks
end

local function escaped(text)
  return (text:gsub('[&<>"]', { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }))
end

local function complete_figure(fig)
  local id = fig.identifier
  local said = exhibits[id]
  if absent[id] and not numbered[id] then return pandoc.Para(pandoc.Emph(absent[id])) end
  if not said then return nil end
  if said.notice then return notice(id) end
  fig.content = fig.content:walk({
    Image = function(img)
      if not img.attributes["fig-alt"] then img.attributes["fig-alt"] = said.alt end
      if not web or not said.narrow then return img end
      local narrow = '<picture><source media="(max-width: 40rem)" srcset="' .. up .. said.narrow .. '">'
      if in_quarto then
        -- Quarto would make its figure of the image alone.
        local src, alt = up .. img.src:gsub("^/", ""), img.attributes["fig-alt"] or ""
        narrow = narrow .. '<img class="img-fluid figure-img" src="' .. src .. '" alt="' .. escaped(alt) .. '"></picture>'
        return pandoc.RawInline("html", narrow)
      end
      return { pandoc.RawInline("html", narrow), img, pandoc.RawInline("html", "</picture>") }
    end,
  })
  return fig
end

-- A table's caption is the last paragraph of its block, as Quarto has it.
local function complete_table(div)
  local id = div.identifier
  if kind_of(id) ~= "tbl" then return nil end
  local said = exhibits[id] or {}
  if absent[id] and not numbered[id] then return pandoc.Para(pandoc.Emph(absent[id])) end
  if said.notice then return notice(id) end
  local last = div.content[#div.content]
  local source = said.source and pandoc.utils.blocks_to_inlines(pandoc.read(said.source .. ".", "markdown").blocks)
  if not last or last.t ~= "Para" or #div.content == 1 then return nil end
  if source then
    last.content:insert(pandoc.Space())
    last.content:extend(source)
  end
  if left_to_quarto then return div end
  div.content:remove(#div.content)
  div.content = div.content:walk({
    Table = function(tbl)
      tbl.caption = { long = { pandoc.Plain(last.content) } }
      return tbl
    end,
  })
  return div
end

-- Notices that stand side by side and say the same are one.
local function joined(blocks)
  local merged = pandoc.Blocks({})
  for _, block in ipairs(blocks) do
    local before = merged[#merged]
    local both = block.t == "Div" and block.classes:includes("not-yet") and before and before.t == "Div"
      and before.classes:includes("not-yet")
    if both and pandoc.utils.stringify(before) == pandoc.utils.stringify(block) then
      before.attributes.title = before.attributes.title .. ", " .. block.attributes.title
      before.content:insert(1, pandoc.Div({}, pandoc.Attr(block.identifier)))
    else
      merged:insert(block)
    end
  end
  return merged
end

local function figure(fig)
  if kind_of(fig.identifier) ~= "fig" then return nil end
  local id = fig.identifier
  captioned(fig.caption, id)
  fig.identifier = new_identifier(id)
  local blocks = pandoc.Blocks({ fig, tools(id) })
  blocks:extend(behind(id))
  return blocks
end

local function table_div(div)
  local kind = kind_of(div.identifier)
  if kind ~= "tbl" and kind ~= "fig" then return nil end
  local id = div.identifier
  div.content = div.content:walk({
    Table = function(tbl)
      captioned(tbl.caption, id)
      return tbl
    end,
  })
  div.content:insert(tools(id))
  div.identifier = new_identifier(id)
  return div
end

-- A table of the chapter's own, `: Caption {#tbl-x}`, becomes one of those that notebooks make.
local function own_table(tbl)
  if kind_of(tbl.identifier) ~= "tbl" then return nil end
  local id = tbl.identifier
  tbl.identifier = ""
  return pandoc.Div({ tbl }, pandoc.Attr(id))
end

local function quoted(text) return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("\n", " ") .. '"' end

local function typst_of(math)
  local text = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ math }) }), "typst"):gsub("%s+$", "")
  return text:sub(1, 1) == "$" and text:sub(-1) == "$" and text
end

-- `$$ … $$ {#eq-x}`: Pandoc reads the identifier as text.
local function equations(inlines)
  for i = #inlines, 1, -1 do
    local math = inlines[i]
    local at = inlines[i + 1] and inlines[i + 1].t == "Space" and i + 2 or i + 1
    local name = math.t == "Math" and math.mathtype == "DisplayMath" and inlines[at] and inlines[at].t == "Str"
      and inlines[at].text:match("^{#(eq%-[%w-]+)}$")
    if name and label(name) then
      for _ = i + 1, at do inlines:remove(i + 1) end
      local number = "(" .. label(name):match("(%d+)$") .. ")"
      local content = { math, pandoc.Span(pandoc.Str(number), pandoc.Attr("", { "equation-number" })) }
      if printed then
        local options = "block: true, numbering: _ => [" .. number .. "], alt: " .. quoted(math.text)
        content = { pandoc.RawInline("typst", "#math.equation(" .. options .. ", " .. typst_of(math) .. ")") }
      end
      local target = not shown_elsewhere(name) and anchor(name) or ""
      inlines[i] = pandoc.Span(content, pandoc.Attr(target, { "equation" }))
    end
  end
  return inlines
end

local function readable(math)
  if not typst_of(math) then table.insert(problems, "the formula '" .. math.text .. "' cannot be read") end
end

local function cited(id)
  if works and not works[id] then table.insert(problems, "the bibliography has no " .. id) end
end

local function reference(cite)
  local links = pandoc.Inlines({})
  for i, citation in ipairs(cite.citations) do
    local id = citation.id
    local kind = kind_of(id)
    if not kind then
      cited(id)
    elseif absent[id] and not numbered[id] then
      return pandoc.Emph(absent[id])
    elseif not numbered[id] then
      table.insert(problems, "@" .. id .. " refers to a " .. names[kind] .. " that the edition does not have")
    elseif left_to_quarto and here[id] then
      return nil
    else
      local home = pandoc.utils.stringify(numbered[id].page)
      local target = "#" .. anchor(id)
      if (web and not here[id]) or (bound and kind == "sec") then target = home .. ".qmd" .. target end
      if i > 1 then links:extend({ pandoc.Str(","), pandoc.Space() }) end
      -- Quarto shows what such a link leads to where the pointer rests on it.
      local class = in_quarto and here[id] and kind ~= "sec" and "reference quarto-xref" or "reference"
      local link = pandoc.Link(label(id), target, "", { class = class })
      links:insert(left_to_quarto and pandoc.Str(label(id)) or link)
      if printed and page ~= home then
        local place = kind == "sec" and home .. "--" .. id or anchor(id)
        links:insert(pandoc.RawInline("typst", "#on-page(<" .. place .. ">)"))
      end
    end
  end
  if #links > 0 then return links end
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
    local due = span.attributes.due
    local why = due and "' is not due at this checkpoint (" .. due .. ")" or "' does not exist"
    table.insert(problems, "'" .. span.attributes.name .. why)
  end
end

-- Pandoc reads metadata slowly, and Quarto prints it, so what the edition knows is in a file; `/…` begins in Quarto's project.
local function edition(meta)
  if not meta["edition-file"] then return {} end
  local name = pandoc.utils.stringify(meta["edition-file"])
  local file = in_quarto and quarto.project.directory and io.open(quarto.project.directory .. name) or assert(io.open(name))
  local text = file:read("a")
  file:close()
  return pandoc.json.decode(text, false)
end

-- `{{< meta KEY >}}` in plain Quarto. In other routes the text has its values already.
local function value_of(values)
  return function(span)
    local key = (span.attributes["data-raw"] or ""):match("^{{<%s*meta%s+(%S+)%s*>}}$")
    local said = key and lookup(values, key)
    -- Between brackets it is never read as a list.
    if type(said) == "string" then return pandoc.utils.blocks_to_inlines(pandoc.read("[" .. said .. "]{}", "markdown").blocks) end
  end
end

function Pandoc(doc)
  local known = edition(doc.meta)
  for id, entry in pairs(known.numbered or {}) do numbered[id] = entry end
  for id, mark in pairs(known.absent or {}) do absent[id] = mark end
  exhibits = known.exhibits or {}
  if known.works then
    works = {}
    for _, key in ipairs(known.works) do works[key] = true end
  end
  words = known.words or {}
  page = pandoc.utils.stringify(doc.meta.page or "")
  up = in_quarto and (quarto.project.offset or ".") .. "/" or pandoc.utils.stringify(doc.meta.up or "")
  if known.values then doc = doc:walk({ Span = value_of(known.values) }) end
  doc = doc:walk({ Div = keep_visible(known), Span = keep_visible(known) })
  doc = doc:walk({ Table = own_table })
  doc = doc:walk({ Figure = complete_figure, Div = complete_table })
  doc = doc:walk({ Blocks = joined })
  local function note(element) here[element.identifier] = true end
  doc:walk({
    Figure = note, Div = note, Header = note,
    Span = missing,
    Math = readable,
    Str = function(str) note({ identifier = str.text:match("^{#(eq%-[%w-]+)}$") or "" }) end,
  })
  doc = doc:walk({ Cite = reference })
  doc = doc:walk({ Inlines = one_stop })
  if not left_to_quarto then
    doc = doc:walk({ Inlines = equations })
    doc = doc:walk({ Figure = figure, Div = table_div })
    doc = doc:walk({ Table = scrolling })
  end
  if #problems > 0 then
    io.stderr:write("evalbook-missing: " .. table.concat(problems, "; ") .. "\n")
    os.exit(64)
  end
  return doc
end
