-- Numbers figures and tables and resolves references to them, across pages, in the page's language; drops what the
-- checkpoint's plan does not schedule. Serves Quarto (pre-ast), the portable HTML and the PDF alike, so that all three
-- have the same numbers. Reads two entries of the metadata: `numbered` (id to label and page) and `plan`.
--
-- Ids get another prefix (fig-x becomes figure-x), so that Quarto does not number them a second time.

local numbered, here, problems = {}, {}, {}

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

local function figure(fig)
  if not fig.identifier:match("^fig%-") then return nil end
  captioned(fig.caption, fig.identifier)
  fig.identifier = anchor(fig.identifier)
  return fig
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
  div.identifier = anchor(id)
  return div
end

local function reference(cite)
  local links = pandoc.Inlines({})
  for i, citation in ipairs(cite.citations) do
    local id = citation.id
    if not id:match("^fig%-") and not id:match("^tbl%-") then return nil end
    local entry = numbered[id]
    if not entry then
      table.insert(problems, "@" .. id .. " refers to a figure or table that the edition does not have")
      return nil
    end
    local page = pandoc.utils.stringify(entry.page)
    local target = "#" .. anchor(id)
    if FORMAT ~= "typst" and not here[id] then target = page .. ".qmd" .. target end
    if i > 1 then links:extend({ pandoc.Str(","), pandoc.Space() }) end
    links:insert(pandoc.Link(label(id), target, "", { class = "reference" }))
  end
  return links
end

local function missing(span)
  if span.classes:includes("missing") then
    table.insert(problems, "'" .. span.attributes.name .. "' does not exist")
  end
end

function Pandoc(doc)
  for id, entry in pairs(doc.meta.numbered or {}) do numbered[id] = entry end
  doc = doc:walk({ Div = keep_scheduled(doc.meta) })
  doc:walk({
    Figure = function(fig) here[fig.identifier] = true end,
    Div = function(div) here[div.identifier] = true end,
    Span = missing,
  })
  doc = doc:walk({ Cite = reference })
  doc = doc:walk({ Figure = figure, Div = table_div })
  if #problems > 0 then
    io.stderr:write("nychance-missing: " .. table.concat(problems, "; ") .. "\n")
    os.exit(64)
  end
  -- The values have done their work; a page should not carry them.
  doc.meta.numbered = nil
  return doc
end
