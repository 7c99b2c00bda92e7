--- What words mean in this bank.
---@type parlant.TermSpec[]
return {
  {
    name = "SEPA",
    description = "The euro payment area; transfers inside it arrive within one day.",
  },
  {
    name = "Cutoff",
    description = "Transfers ordered after 17:00 are booked on the next working day.",
    synonyms = { "deadline" },
  },
}
