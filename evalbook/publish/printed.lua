-- Lays out the tables of the PDF and of the Word file: how wide their columns are, and in the PDF where on a page they may stand.

-- A low table stands where it is, a higher one where a page has room for all of it, and only one that no page can hold is
-- broken. Heights in points, of a table, a row without its lines, and a line; widths in letters, of a page and what stands
-- between two columns.
local LOW, HIGHEST, ROW, LINE, LETTERS, PADDING = 150, 580, 8, 11, 100, 3

local function cell_text(cell) return pandoc.utils.stringify(cell.contents) end

local function longest_word(text)
  local most = 0
  for word in text:gmatch("%S+") do most = math.max(most, pandoc.text.len(word)) end
  return most
end

local function body_rows(tbl)
  local rows = pandoc.List({})
  for _, body in ipairs(tbl.bodies) do rows:extend(body.body) end
  return rows
end

local function sum(widths)
  local total = 0
  for _, width in ipairs(widths) do total = total + width end
  return total
end

-- For each column the longest word and the longest text of the rows, in letters.
local function lengths(rows, columns)
  local words, texts = {}, {}
  for i = 1, columns do words[i], texts[i] = 1, 1 end
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row.cells) do
      local text = cell_text(cell)
      words[i] = math.max(words[i], longest_word(text))
      texts[i] = math.max(texts[i], pandoc.text.len(text))
    end
  end
  return words, texts
end

local function larger(some, others)
  local all = {}
  for i, width in ipairs(some) do all[i] = math.max(width, others[i]) end
  return all
end

-- The widths of the Markdown are only proportions of a line. Where all does not fit on a line, headings are the first to wrap;
-- then what is short keeps its line, and the rest share what is left.
local function widths(tbl)
  local columns = #tbl.colspecs
  local head_words, heads = lengths(tbl.head.rows, columns)
  local body_words, bodies = lengths(body_rows(tbl), columns)
  local room, least = LETTERS - PADDING * columns, larger(head_words, body_words)
  local whole = larger(heads, bodies)
  if sum(whole) <= room then return whole end
  local found
  for share = room, 1, -1 do
    found = {}
    for i, word in ipairs(least) do found[i] = math.max(word, math.min(bodies[i], share)) end
    if sum(found) <= room then break end
  end
  return found
end

-- Sets a table's widths and returns about how high it is, in points.
local function fit(tbl)
  local found = widths(tbl)
  local width = math.max(sum(found) + PADDING * #found, LETTERS)
  for i, column in ipairs(tbl.colspecs) do tbl.colspecs[i] = { column[1], (found[i] + PADDING) / width } end
  local height = 0
  for _, row in ipairs(body_rows(tbl)) do
    local lines = 1
    for i, cell in ipairs(row.cells) do
      lines = math.max(lines, math.ceil(pandoc.text.len(cell_text(cell)) / found[i]))
    end
    height = height + ROW + LINE * lines
  end
  return height
end

local function placed(tbl)
  local height = fit(tbl)
  if FORMAT == "docx" then return tbl end
  -- Pictures that wait for a page would deal a table out over as many pages as they need.
  if height > HIGHEST then return { pandoc.RawBlock("typst", "#place.flush()"), tbl } end
  local opening = height > LOW and "#[#set figure(placement: auto)" or "#block(breakable: false)["
  return { pandoc.RawBlock("typst", opening), tbl, pandoc.RawBlock("typst", "]") }
end

return { { Table = placed } }
