local parlant = require "parlant"

parlant.agent { name = "Lost", description = "Is never returned." }
