--- Finds products: by category or by words, which are two ways of doing the same.
local parlant = require "parlant"

local by_category = parlant.tool {
  name = "products_of_category",
  description = "Lists the products of a category.",
  parameters = { { name = "category", type = "string", choices = { "laptops", "monitors" } } },
  run = function(_, args) return { args.category .. " 1", args.category .. " 2" } end,
}

local by_words = parlant.tool {
  name = "search_products",
  description = "Searches all products for words.",
  parameters = { { name = "words", type = "string" } },
  run = function(_, args) return { "something with " .. args.words } end,
}

local stock = parlant.tool {
  name = "stock_of_shop",
  description = "Says how many products there are in all.",
  overlap = "none",
  run = function() return 4 end,
}

local agent = parlant.agent { name = "Sam", description = "Sells computers." }

agent:guideline {
  id = "products",
  condition = "The customer looks for a product",
  action = "List what there is",
  tools = { by_category, by_words, stock },
}

return agent
