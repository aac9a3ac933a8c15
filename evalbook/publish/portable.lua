-- What Quarto does by itself, for HTML, Typst and Word made by Pandoc alone: notices, links between pages, where pictures are and
-- what they show. Reads the metadata `page`, `up` (from this page to the edition's folder) and `printed` (the chapters
-- of the PDF and of the Word file).

local typst, word = FORMAT == "typst", FORMAT == "docx"
-- All chapters in one document.
local bound = typst or word
local page, up, printed = "", "", ""
local kinds = { "note", "tip", "warning", "important", "caution" }

-- What is referred to keeps its name.
local function called(blocks, identifier)
  return identifier == "" and blocks or pandoc.Div(blocks, pandoc.Attr(identifier))
end

local function styled(block, style) return pandoc.Div({ block }, pandoc.Attr("", {}, { ["custom-style"] = style })) end

local function callout(div)
  -- In print the cover and each footer say it.
  if typst and div.classes:includes("demonstration") then return {} end
  for _, kind in ipairs(kinds) do
    if div.classes:includes("callout-" .. kind) then
      local title = div.attributes.title
      div.attributes.title = nil
      local first = div.content[1]
      if not title and first and first.t == "Header" then
        title = pandoc.utils.stringify(first)
        div.content:remove(1)
      end
      if typst then
        local blocks = pandoc.Blocks({ pandoc.RawBlock("typst", "#callout(kind: \"" .. kind .. "\")[") })
        if title then blocks:insert(pandoc.Para({ pandoc.Strong(pandoc.Str(title)) })) end
        blocks:extend(div.content)
        blocks:insert(pandoc.RawBlock("typst", "]"))
        return called(blocks, div.identifier)
      end
      if word then
        local blocks = pandoc.Blocks({})
        if title then blocks:insert(styled(pandoc.Para({ pandoc.Str(title) }), "Callout Title")) end
        blocks:extend(div.content:map(function(block) return styled(block, "Callout") end))
        return called(blocks, div.identifier)
      end
      if title then
        div.content:insert(1, pandoc.Div(pandoc.Plain(pandoc.Str(title)), pandoc.Attr("", { "callout-title" })))
      end
      div.classes:insert(1, "callout")
      return div
    end
  end
end

local function everywhere(hash)
  return hash:match("^#figure%-") or hash:match("^#table%-") or hash:match("^#equation%-")
end

-- Where all chapters are one document, a heading's label carries its chapter's name.
local function link(a)
  local target, hash = a.target:match("^([^#]*)(#?.*)$")
  local stem, kind = target:match("^(.-)%.(%w+)$")
  if bound and kind == "ipynb" then return a.content end
  if kind ~= "qmd" then
    if bound and target == "" and hash ~= "" and not everywhere(hash) then
      a.target = "#" .. page .. "--" .. hash:sub(2)
    end
    return a
  end
  if not bound then
    a.target = stem .. ".html" .. hash
    return a
  end
  stem = stem:match("([^/]+)$")
  if everywhere(hash) then a.target = hash
  elseif not printed:find(" " .. stem .. " ", 1, true) then return a.content
  elseif hash ~= "" then a.target = "#" .. stem .. "--" .. hash:sub(2)
  else a.target = "#chapter--" .. stem end
  return a
end

local function named(element)
  local id = element.identifier
  if bound and id ~= "" and not id:match("^chapter%-%-") and not everywhere("#" .. id) then
    element.identifier = page .. "--" .. element.identifier
  end
  return element
end

-- A vector picture tells its size in its first lines; a page that knows it does not jump while it loads.
local function size(path)
  local file = io.open(path, "r")
  if not file then return end
  local head = file:read(2000) or ""
  file:close()
  local width, height = head:match('viewBox="0 0 ([%d.]+) ([%d.]+)"')
  return width, height
end

local function quoted(text) return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("\n", " ") .. '"' end

-- A screen reader speaks the formula as it is written.
local function formula(math)
  if not typst then return nil end
  local text = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ math }) }), "typst"):gsub("%s+$", "")
  local block = math.mathtype == "DisplayMath" and "true" or "false"
  local options = "block: " .. block .. ", alt: " .. quoted(math.text)
  return pandoc.RawInline("typst", "#math.equation(" .. options .. ", " .. text .. ")")
end

local function picture(img)
  local path = img.src:gsub("^/", "")
  local alt = img.attributes["fig-alt"]
  img.attributes["fig-alt"] = nil
  if typst then
    local text = alt or pandoc.utils.stringify(img.caption)
    return pandoc.RawInline("typst", '#image("/' .. path .. '", alt: ' .. quoted(text) .. ")")
  end
  if alt then img.caption = { pandoc.Str(alt) } end
  local width, height = size(path)
  if word then
    -- Not every word processor shows drawings; a picture of each lies beside it.
    img.src = path:gsub("%.svg$", ".png")
    img.attributes.width = width and width .. "pt"
    return img
  end
  if width then
    img.attributes.width = tostring(math.floor(width * 4 / 3 + 0.5))
    img.attributes.height = tostring(math.floor(height * 4 / 3 + 0.5))
  end
  if img.src:match("^/") then img.src = up .. path end
  img.attributes.loading = "lazy"
  img.attributes.decoding = "async"
  return img
end

-- On a narrow screen a picture keeps a legible size and scrolls.
local function figure(fig)
  if bound then return nil end
  local caption = pandoc.utils.stringify(fig.caption.long):match("^[^.]*"):gsub('[<>&"]', "")
  fig.content:insert(1, pandoc.RawBlock("html", '<div class="scroll" tabindex="0" role="group" aria-label="' .. caption .. '">'))
  fig.content:insert(pandoc.RawBlock("html", "</div>"))
  return fig
end

function Pandoc(doc)
  page = pandoc.utils.stringify(doc.meta.page or "")
  printed = " " .. pandoc.utils.stringify(doc.meta.printed or "") .. " "
  up = pandoc.utils.stringify(doc.meta.up or "")
  return doc:walk({ Div = callout, Link = link, Header = named, Span = named, Image = picture, Figure = figure, Math = formula })
end
