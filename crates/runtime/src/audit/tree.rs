//! Merkle tree hashing as RFC 6962 §2.1 has it: leaves and nodes in different domains.

use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub(super) type Hash = [u8; 32];

/// The hash of a leaf.
pub(super) fn leaf_hash(body: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(body).finalize().into()
}

/// The hash of a node above two others.
pub(super) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The right edge of a growing tree: one hash for each complete subtree, the largest first. Enough
/// to add leaves and to give the root; nothing else of the tree is kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Edge {
    size: u64,
    peaks: Vec<Hash>,
}

impl Edge {
    /// The edge of a tree of this size, from its complete subtrees.
    pub(super) fn new(size: u64, peaks: Vec<Hash>) -> Self {
        debug_assert_eq!(peaks.len(), size.count_ones() as usize);
        Self { size, peaks }
    }

    /// How many leaves the tree has.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its hash. Gives the hashes of the nodes that this made complete, from the
    /// leaf up.
    pub(super) fn push(&mut self, leaf: Hash) -> Vec<Hash> {
        let mut made = vec![leaf];
        let mut top = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("one peak for each bit of the size");
            top = node_hash(&left, &top);
            made.push(top);
        }
        self.peaks.push(top);
        self.size += 1;
        made
    }

    /// The tree's root; that of the empty tree is the hash of nothing.
    pub(super) fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return Sha256::digest([]).into() };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// The complete subtrees of a tree of this size, as level and position, the largest first.
pub(super) fn peaks(size: u64) -> impl Iterator<Item = (u32, u64)> {
    (0..u64::BITS)
        .rev()
        .filter(move |level| size >> level & 1 == 1)
        .map(move |level| (level, (size >> level) - 1))
}

#[cfg(test)]
mod tests {
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use sha2_11::Sha256 as Sha256OfTheOther;

    use super::*;
    use crate::key::to_hex;

    #[test]
    fn roots_are_those_of_the_published_test_vectors() {
        let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        ];
        let mut edge = Edge::default();
        assert_eq!(to_hex(&edge.root()), roots[0]);
        for (leaf, root) in leaves.iter().zip(&roots[1..]) {
            let bytes: Vec<u8> = (0..leaf.len() / 2)
                .map(|at| u8::from_str_radix(&leaf[2 * at..2 * at + 2], 16).unwrap())
                .collect();
            edge.push(leaf_hash(&bytes));
            assert_eq!(to_hex(&edge.root()), *root, "{} leaves", edge.size());
        }
    }

    #[test]
    fn every_size_has_the_root_that_another_program_gives_it() {
        let mut other = MemoryBackedTree::<Sha256OfTheOther, [u8; 8]>::new();
        let mut edge = Edge::default();
        for number in 0..300u64 {
            assert_eq!(edge.root().as_slice(), other.root().as_bytes().as_slice(), "{number}");
            other.push(number.to_le_bytes());
            edge.push(leaf_hash(&number.to_le_bytes()));
        }
    }

    #[test]
    fn a_tree_is_carried_on_from_its_complete_subtrees() {
        let mut nodes = std::collections::BTreeMap::new();
        let mut edge = Edge::default();
        for number in 0..100u64 {
            let size = edge.size();
            let kept = peaks(size).map(|at| nodes[&at]).collect();
            assert_eq!(Edge::new(size, kept).root(), edge.root());
            for (level, hash) in (0u32..).zip(edge.push(leaf_hash(&[number as u8]))) {
                nodes.insert((level, number >> level), hash);
            }
        }
    }
}
