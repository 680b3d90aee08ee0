// The part of kubelore's schema that is compared, over the same data: a file of concepts that the benchmark wrote.
import { readFileSync } from 'node:fs'

export const typeDefs = `
  enum Lang { EN KO }
  enum Layer { NOTES CURATED INFERRED }
  enum ConceptKind { KIND }
  type Query {
    concept(id: String!): Concept
    concepts(first: Int = 100): ConceptConnection!
  }
  type ConceptConnection { nodes: [Concept!]! }
  type FactConnection { nodes: [Fact!]! }
  type Concept {
    id: ID!
    name: String!
    iri: String!
    kind: ConceptKind!
    label(lang: [Lang!]! = [EN]): String
    facts(first: Int = 100): FactConnection!
  }
  type Fact {
    predicate: String!
    lines: [Int!]!
    layer: Layer!
    object: Concept
  }
`

const concepts = JSON.parse(readFileSync(process.argv[3], 'utf8'))
const byName = new Map(concepts.map((each) => [each.name, each]))

export const resolvers = {
  Query: {
    concept: (_, { id }) => byName.get(id) ?? null,
    concepts: (_, { first }) => ({ nodes: concepts.slice(0, first) }),
  },
  Concept: {
    label: (concept, { lang }) => {
      for (const each of lang) if (concept.labels[each]) return concept.labels[each]
      return null
    },
    facts: (concept, { first }) => ({ nodes: concept.facts.slice(0, first) }),
  },
  Fact: { object: (fact) => byName.get(fact.object) },
}
