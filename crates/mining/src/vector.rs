//! Sparse vectors of weighted terms.

/// A term's number within one hunt.
pub(crate) type TermId = u32;

/// Weighted terms in order of their numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Vector {
    parts: Vec<(TermId, f32)>,
}

impl Vector {
    /// From terms in any order; equal terms add up.
    pub(crate) fn new(mut parts: Vec<(TermId, f32)>) -> Self {
        parts.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        parts.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        parts.retain(|(_, weight)| *weight > 0.0);
        Self { parts }
    }

    pub(crate) fn parts(&self) -> &[(TermId, f32)] {
        &self.parts
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The Euclidean length.
    pub(crate) fn norm(&self) -> f32 {
        self.parts.iter().map(|(_, w)| w * w).sum::<f32>().sqrt()
    }

    /// The same direction, length one; an empty one stays empty.
    #[must_use]
    pub(crate) fn unit(mut self) -> Self {
        let norm = self.norm();
        if norm > 0.0 {
            for part in &mut self.parts {
                part.1 /= norm;
            }
        }
        self
    }

    /// The parts whose term `keeps` wants; no longer a unit.
    #[must_use]
    pub(crate) fn only(&self, keeps: impl Fn(TermId) -> bool) -> Self {
        Self { parts: self.parts.iter().filter(|(term, _)| keeps(*term)).copied().collect() }
    }

    /// The inner product; of two units the cosine.
    pub(crate) fn dot(&self, other: &Self) -> f32 {
        let (mut i, mut j, mut sum) = (0, 0, 0.0);
        while let (Some(a), Some(b)) = (self.parts.get(i), other.parts.get(j)) {
            match a.0.cmp(&b.0) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    sum += a.1 * b.1;
                    i += 1;
                    j += 1;
                }
            }
        }
        sum
    }

    /// Sum of `vectors`, each times its weight, cut to its `keep` heaviest terms, length one.
    pub(crate) fn centroid<'a>(
        vectors: impl Iterator<Item = (&'a Self, f32)>,
        keep: usize,
    ) -> Self {
        let mut all = Vec::new();
        for (vector, weight) in vectors {
            all.extend(vector.parts.iter().map(|(term, w)| (*term, w * weight)));
        }
        Self::new(all).heaviest(keep).unit()
    }

    /// Only the `keep` heaviest terms.
    #[must_use]
    pub(crate) fn heaviest(mut self, keep: usize) -> Self {
        if self.parts.len() > keep {
            self.parts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            self.parts.truncate(keep);
            self.parts.sort_by_key(|part| part.0);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_terms_add_up_in_any_order() {
        let a = Vector::new(vec![(2, 1.0), (1, 1.0), (2, 2.0)]);
        let b = Vector::new(vec![(2, 2.0), (2, 1.0), (1, 1.0)]);
        assert_eq!(a, b);
        assert_eq!(a.parts(), &[(1, 1.0), (2, 3.0)]);
    }

    #[test]
    fn cosine_of_units() {
        let a = Vector::new(vec![(1, 3.0), (2, 4.0)]).unit();
        assert!((a.dot(&a) - 1.0).abs() < 1e-6);
        assert_eq!(a.dot(&Vector::new(vec![(3, 1.0)])), 0.0);
    }
}
